"""A program without manners: it answers what is asked of it by the path, on the port that it is given."""

import asyncio
import os
import sys

GO = asyncio.Event()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    match head.split()[1]:
        case b"/garbage":
            writer.write(b"\x16\x03\x01\x00 this is no HTTP\r\n\r\n")
        case b"/half":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        case b"/sips":
            await GO.wait()
            while not (await reader.read(65536)).endswith(b"end"):
                """It takes all that there is."""
            write(writer, b"drunk")
        case b"/drips":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nfirst")
            await writer.drain()
            await GO.wait()
            writer.write(b"second")
        case b"/go":
            GO.set()
            write(writer, b"gone")
        case b"/leave":
            os._exit(3)
        case _:
            write(writer, b"hello")
    await writer.drain()
    writer.close()


def write(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


async def main() -> None:
    await (await asyncio.start_server(answer, "127.0.0.1", int(sys.argv[1]))).serve_forever()


asyncio.run(main())

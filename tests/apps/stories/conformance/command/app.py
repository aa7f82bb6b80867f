import asyncio
from collections import Counter
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, StreamingResponse

app = FastAPI(title="Everything")
counts = Counter()


@app.get("/")
def page():
    return HTMLResponse(Path("page.html").read_text())


@app.websocket("/socket")
async def square(socket: WebSocket):
    await socket.accept()
    async for number in socket.iter_text():
        await socket.send_text(f"The square is {int(number) ** 2}.")


@app.post("/got", response_class=PlainTextResponse)
async def got(request: Request):
    return f"Got {len(await request.body())} bytes."


@app.get("/squares.csv")
def download():
    return FileResponse("squares.csv", filename="squares.csv")


@app.get("/stream")
def stream():
    async def events():
        for step in (1, 2, 3):
            await asyncio.sleep(0.8)
            yield f"data: Streamed {step} of 3.\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


@app.post("/work", response_class=PlainTextResponse)
async def work():
    await asyncio.sleep(3)
    return "Worked."


@app.post("/count")
def count(request: Request):
    person = request.cookies.get("person") or uuid4().hex
    counts[person] += 1
    answer = PlainTextResponse(f"Counted {counts[person]}.")
    answer.set_cookie("person", person)
    return answer

"""The smallest app."""


def answer(path: str) -> bytes:
    return b"hello from " + path.encode()

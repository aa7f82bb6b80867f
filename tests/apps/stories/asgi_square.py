import uvicorn
from fastapi import FastAPI

squares = FastAPI()


@squares.get("/square/{number}")
def square(number: int) -> str:
    return f"The square is {number**2}."


if __name__ == "__main__":
    uvicorn.run("asgi_square:squares", host="0.0.0.0", port=80, reload=True)

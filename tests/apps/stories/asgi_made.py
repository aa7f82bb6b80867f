import asyncio

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


async def square(request):
    return PlainTextResponse(f'"The square is {request.path_params["number"] ** 2}."')


def create_app():
    return Starlette(routes=[Mount("/square", routes=[Route("/{number:int}", square)])])


if __name__ == "__main__":
    asyncio.run(uvicorn.Server(uvicorn.Config(create_app, factory=True, port=80)).serve())

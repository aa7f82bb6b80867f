async def application(scope, receive, send):
    if scope["type"] == "http":
        number = int(scope["path"].removeprefix("/square/"))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": f'"The square is {number**2}."'.encode()})

from wsgiref.simple_server import make_server


def square(environ, start_response):
    number = int(environ["PATH_INFO"].removeprefix("/square/"))
    start_response("200 OK", [("Content-Type", "application/json")])
    return [f'"The square is {number**2}."'.encode()]


with make_server("", 80, square) as server:
    server.serve_forever()

"""An app that sets cookies by the hub's own names, and one of its own."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

NAMES = ("__Host-vitrina-app", "__Secure-vitrina-app", "vitrina-app", "own")

app = FastAPI()


@app.get("/")
def page() -> HTMLResponse:
    answer = HTMLResponse("<h1>Forged</h1>")
    for name in NAMES:
        answer.set_cookie(name, "forged", secure=True, httponly=True)
    return answer

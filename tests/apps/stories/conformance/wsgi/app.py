import time
from pathlib import Path

from flask import Flask, Response, request, send_file, session

app = Flask(__name__)
app.secret_key = "everything"


@app.get("/")
def page():
    return Path("page.html").read_text()


@app.get("/square")
def square():
    return f"The square is {int(request.args['number']) ** 2}."


@app.post("/got")
def got():
    return f"Got {len(request.get_data())} bytes."


@app.get("/squares.csv")
def download():
    return send_file(Path("squares.csv").absolute(), as_attachment=True)


@app.get("/stream")
def stream():
    def events():
        for step in (1, 2, 3):
            time.sleep(0.8)
            yield f"data: Streamed {step} of 3.\n\n"

    return Response(events(), mimetype="text/event-stream")


@app.post("/work")
def work():
    time.sleep(3)
    return "Worked."


@app.post("/count")
def count():
    session["counted"] = session.get("counted", 0) + 1
    return f"Counted {session['counted']}."


if __name__ == "__main__":
    app.run(debug=True)

import marimo

app = marimo.App(app_title="Everything")


@app.cell
def _():
    import time
    from pathlib import Path

    import marimo as mo

    get_counted, set_counted = mo.state(0)
    return Path, get_counted, mo, set_counted, time


@app.cell
def _(Path, mo, set_counted):
    number = mo.ui.number(value=3, step=1, label="Number")
    upload = mo.ui.file(kind="button", label="Upload")
    download = mo.download(data=Path("squares.csv").read_bytes(), filename="squares.csv", label="Download")
    stream, work = mo.ui.run_button(label="Stream"), mo.ui.run_button(label="Work")
    count = mo.ui.button(label="Count", on_click=lambda _: set_counted(lambda before: before + 1))
    mo.vstack([number, upload, download, stream, work, count])
    return number, stream, upload, work


@app.cell
def _(mo, number):
    mo.md(f"The square is {number.value**2:.0f}.")
    return


@app.cell
def _(mo, upload):
    mo.md(f"Got {len(upload.contents())} bytes." if upload.value else "")
    return


@app.cell
def _(mo, stream, time):
    for step in (1, 2, 3) if stream.value else ():
        time.sleep(0.8)
        mo.output.replace(mo.md(f"Streamed {step} of 3."))
    return


@app.cell
def _(mo, time, work):
    if work.value:
        time.sleep(3)
    mo.md("Worked." if work.value else "")
    return


@app.cell
def _(get_counted, mo):
    mo.md(f"Counted {get_counted()}.")
    return


if __name__ == "__main__":
    app.run()

import marimo

app = marimo.App()


@app.cell
def _():
    from pathlib import Path

    import marimo as mo

    mo.vstack([mo.md("# More"), Path("words.txt").read_text()])
    return

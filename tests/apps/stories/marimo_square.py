import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo

    return (mo,)


@app.cell
def _(mo):
    number = mo.ui.number(value=3, label="Number")
    number
    return (number,)


@app.cell
def _(mo, number):
    mo.md(f"The square is {number.value**2:.0f}.")
    return


if __name__ == "__main__":
    app.run()

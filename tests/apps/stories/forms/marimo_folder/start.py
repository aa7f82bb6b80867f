import marimo

app = marimo.App(css_file="style.css")


@app.cell
def _():
    import marimo as mo

    mo.md("# Start\n\n[To more](more/)")
    return

from helper_beside import VALUE
from shiny.express import input, render, ui

ui.input_numeric("number", "Number", 3)


@render.text
def answer():
    return f"The square is {input.number() ** 2}." if VALUE else ""

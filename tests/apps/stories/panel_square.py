"""A Panel app that marks what it shows as servable."""

import panel as pn

pn.extension()
number = pn.widgets.FloatInput(name="Number", value=3)


def square(value: float) -> str:
    return f"The square is {value * value:g}."


pn.Column(number, pn.bind(square, number)).servable(title="Squares")

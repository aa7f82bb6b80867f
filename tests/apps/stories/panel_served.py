"""A Panel app that serves itself, from its main guard."""

import panel as pn


def page() -> pn.Column:
    number = pn.widgets.FloatInput(name="Number", value=3)
    return pn.Column(number, pn.bind(lambda value: f"The square is {value * value:g}.", number))


if __name__ == "__main__":
    pn.serve({"/": page}, port=5006, show=True, title="Squares")

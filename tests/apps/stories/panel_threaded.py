"""A Panel app that serves itself in a thread, and goes on."""

import panel as pn


def page() -> pn.Column:
    number = pn.widgets.FloatInput(name="Number", value=3)
    return pn.Column(number, pn.bind(lambda value: f"The square is {value * value:g}.", number))


pn.serve(page, port=5006, show=False, threaded=True, title="Squares")

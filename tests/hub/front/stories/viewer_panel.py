import panel as pn

from vitrina.apps import served

pn.extension()
number = pn.widgets.FloatInput(name="Number", value=3)


def square(value: float) -> str:
    viewer = served().viewer()
    return f"{value * value:g} for {viewer.name or 'a visitor'} ({viewer.user or len(viewer.visitor or '')})"


pn.Column(number, pn.bind(square, number)).servable()

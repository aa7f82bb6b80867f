"""A Panel app that shows a template, unguarded."""

import panel as pn

number = pn.widgets.FloatInput(name="Number", value=3)
page = pn.template.BootstrapTemplate(title="Squares", main=[number])
page.main.append(pn.bind(lambda value: f"The square is {value * value:g}.", number))
page.show()

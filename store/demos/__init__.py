"""Apps that nobody wrote: a form to try a model in, and a service that predicts, made from a version's signature.

    for template in (DEMO, PREDICT):
        bundle = make(template, version, columns=profile["columns"])

Each is an ordinary app: its source is copied from `templates/`, with one file beside it, `form.json`, that says what
the model takes. The same signature gives the same bundle, for all versions that have it.
"""

from __future__ import annotations

from vitrina.store.demos.forms import form_of, profiled
from vitrina.store.demos.making import DEMO, PREDICT, TEMPLATES, NoSignatureError, Template, make

__all__ = ["DEMO", "PREDICT", "TEMPLATES", "NoSignatureError", "Template", "form_of", "make", "profiled"]

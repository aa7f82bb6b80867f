"""`vitrina model …`"""

from __future__ import annotations

from vitrina.hub.cli import printing
from vitrina.hub.cli.marking import with_marks
from vitrina.hub.cli.model_asking import environment, predict, verify
from vitrina.hub.cli.model_feedback import feedback
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.versioned import VersionRef, version_of, with_verbs
from vitrina.hub.pages import data
from vitrina.store.refs import Noun

app = with_marks(with_verbs(Noun.MODEL, "Models and their versions: list, pull, ask, promote."), Noun.MODEL)

for _verb in (predict, verify, environment, feedback):
    app.command()(_verb)


@app.command()
def demo(ref: VersionRef, json: Json = False) -> None:
    """Make the apps that nobody has to write: a form to try a version in, and a service that predicts."""
    from vitrina.hub import demos

    with opened() as store:
        made = demos.make(store, version_of(store, Noun.MODEL, ref))
    if json:
        printing.as_json([data.app(one) for one in made])
        return
    for one in made:
        print(f"{one.ref}: revision {one.revision} ({one.framework}).")

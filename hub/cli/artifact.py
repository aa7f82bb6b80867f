"""`vitrina artifact …`"""

from __future__ import annotations

from vitrina.hub.cli.marking import with_marks
from vitrina.hub.cli.versioned import with_verbs
from vitrina.store.refs import Noun

app = with_marks(with_verbs(Noun.ARTIFACT, "Any other artifacts and their versions."), Noun.ARTIFACT)

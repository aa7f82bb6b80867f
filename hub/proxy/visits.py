"""Who is at which app: the pass in the cookie, the app behind the name, and the one decision, asked anew each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from vitrina.hub.access import VISITOR, Action, Subject, may
from vitrina.hub.proxy.memory import Memory
from vitrina.hub.proxy.passes import Pass, Passes
from vitrina.hub.sites import Site
from vitrina.store.errors import NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import App
from vitrina.store.refs import Ref

FRESH_S = 2.0
"""So long an answer of the store is good: a project that is made private closes its apps within this time."""

MOST_APPS = 4096
MOST_PEOPLE = 4096


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who may be where they are, as of now."""

    app: App
    subject: Subject
    shown: Pass
    """What they showed: with it, the question can be asked again later."""

    site: Site
    """Where they are, as their browser sees it."""

    @property
    def may_manage(self) -> bool:
        """Whether they may see what the app writes to its log."""
        return may(self.subject, Action.MANAGE, self.app)


class Visits:
    """Finds apps and recognises visitors. Lives in one event loop; `clock` gives seconds that only grow."""

    def __init__(self, store: Store, passes: Passes, *, clock: Callable[[], float]) -> None:
        self._passes = passes
        self._apps = Memory(store.apps.by_label, keep_s=FRESH_S, most=MOST_APPS, clock=clock)
        self._named = Memory(partial(_named, store), keep_s=FRESH_S, most=MOST_APPS, clock=clock)
        self._people = Memory(store.people.get, keep_s=FRESH_S, most=MOST_PEOPLE, clock=clock)

    async def app(self, label: str) -> App | None:
        """The app revision of this origin; None when there is none."""
        return await self._apps.get(label)

    async def named(self, ref: Ref) -> App | None:
        """The app revision that a reference names, whoever asks; None when there is none."""
        return await self._named.get(ref)

    async def of(self, app: App, cookies: str, *, site: Site) -> Visit | None:
        """The visit of whoever sent this Cookie header; None without a good pass or without the right to be there."""
        shown = self._passes.read(cookies, revision_id=app.revision_id, site=site)
        return await self.allowed(app, shown, site=site) if shown is not None else None

    async def allowed(self, app: App, shown: Pass, *, site: Site) -> Visit | None:
        """The visit of whoever holds this pass; None when they may not open the app (any more)."""
        subject = VISITOR
        if shown.user_id is not None:
            user = await self._people.get(shown.user_id)
            if user is None:
                return None
            subject = Subject(user)
        return Visit(app, subject, shown, site) if may(subject, Action.OPEN_APP, app) else None

    async def still(self, visit: Visit) -> bool:
        """Whether somebody who is inside may stay there."""
        app = await self.app(visit.app.label)
        return app is not None and await self.allowed(app, visit.shown, site=visit.site) is not None


def _named(store: Store, ref: Ref) -> App | None:
    try:
        return store.find(ref, may_read=lambda _: True).app
    except NotFoundError:
        return None

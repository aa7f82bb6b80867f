"""The store: one attribute a noun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vitrina.store import home as homes
from vitrina.store import migrations
from vitrina.store.apps import Apps
from vitrina.store.blobs import BlobBackend, places
from vitrina.store.changes import Changes
from vitrina.store.checks.kept import Checks
from vitrina.store.engine import Clock, Database, open_database
from vitrina.store.feedback import Feedback
from vitrina.store.home import Place
from vitrina.store.instances import Instances
from vitrina.store.lineage import Lineage
from vitrina.store.lookup import Found, Lookup
from vitrina.store.metrics import Metrics
from vitrina.store.objects import Objects
from vitrina.store.people import People
from vitrina.store.pictures import Pictures
from vitrina.store.project_blobs import ProjectBlobs
from vitrina.store.projects import Projects
from vitrina.store.promotions import Promotions
from vitrina.store.records import MayRead, User, everything
from vitrina.store.refs import Ref, parse_ref
from vitrina.store.registry import Registry
from vitrina.store.reports import Reports
from vitrina.store.runs import Runs
from vitrina.store.search.asking import Search
from vitrina.store.settings import BLOBS, StoreSettings
from vitrina.store.use import Use


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. Thread-safe; `close` it, or use it in a `with` block."""

    database: Database
    place: Place
    user: User
    """In whose name it writes."""

    projects: Projects
    runs: Runs
    metrics: Metrics
    objects: Objects
    blobs: ProjectBlobs
    registry: Registry
    promotions: Promotions
    lineage: Lineage
    apps: Apps
    reports: Reports
    changes: Changes
    people: People
    instances: Instances
    pictures: Pictures
    feedback: Feedback
    settings: StoreSettings
    use: Use
    search: Search
    checks: Checks

    def find(self, ref: Ref | str, *, may_read: MayRead = everything) -> Found:
        """The thing that a reference names now; raises NotFoundError or BadReferenceError."""
        parsed = parse_ref(ref) if isinstance(ref, str) else ref
        return Lookup(self.projects, self.runs, self.registry, self.apps, self.reports).find(parsed, may_read=may_read)

    def acting(self, user: User) -> Store:
        """The same store, writing in another user's name."""
        return _furnished(self.database, self.place, self.blobs.backend, user)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(
    url: str | None = None,
    *,
    blobs: str | None = None,
    home: Path | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> Store:
    """Opens a store; an empty place becomes one.

    What is not given comes from VITRINA_URL, VITRINA_BLOBS and VITRINA_HOME, else lies in ~/.vitrina. Where the blobs
    lie is kept in the store at its first opening, so that every client uses the same place. A store of an older or
    newer release is refused (see `vitrina.store.migrations`).
    """
    place = homes.place(url=url, blobs=blobs, home=home)
    database = open_database(place.url, clock=clock)
    try:
        migrations.prepare(database)
        where = StoreSettings(database).keep_first(BLOBS, places.chosen(place, database))
        return _furnished(database, place, places.backend_at(where, database), People(database).local_user())
    except BaseException:
        database.close()
        raise


def _furnished(database: Database, place: Place, backend: BlobBackend, user: User) -> Store:
    return Store(
        database=database,
        place=place,
        user=user,
        projects=Projects(database, user.id),
        runs=Runs(database, user.id),
        metrics=Metrics(database, user.id),
        objects=Objects(database, backend, user.id),
        blobs=ProjectBlobs(database, backend),
        registry=Registry(database, backend, user.id),
        promotions=Promotions(database, user.id),
        lineage=Lineage(database, user.id),
        apps=Apps(database, backend, user.id),
        reports=Reports(database, backend, user.id),
        changes=Changes(database),
        people=People(database),
        instances=Instances(database),
        pictures=Pictures(database, backend),
        feedback=Feedback(database, user.id),
        settings=StoreSettings(database),
        use=Use(database),
        search=Search(database),
        checks=Checks(database, user.id),
    )

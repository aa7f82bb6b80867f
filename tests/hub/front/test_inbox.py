"""What apps record on its way to the store: switched off, taken, waiting while the store is away, refused when full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from vitrina.apps.feedback import MOST_BYTES, Recorded, Said
from vitrina.hub.proxy.inbox import Inbox
from vitrina.store.engine import StoreUnavailableError
from vitrina.store.feedback import Feedback, FeedbackRoom
from vitrina.store.opening import Store
from vitrina.store.records import App
from vitrina.store.serving import Serving

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAID = Said("0f", '{"tenure":3}', "0.7", note="too high", flag="wrong", user="alice")


@pytest.fixture
def app(store: Store, shown: Any) -> App:
    return store.apps.serve(shown.app, Serving(feedback=True))


def inbox_of(store: Store, room: FeedbackRoom | None = None) -> Inbox:
    return Inbox(store, room=room or FeedbackRoom(), clock=lambda: NOW)


async def test_an_entry_comes_to_the_version_of_the_app_that_was_heard(store: Store, app: App) -> None:
    inbox = inbox_of(store)
    inbox.know(app)
    assert inbox.take(app.label, 2, SAID) is Recorded.KEPT
    assert await inbox.flush()
    [entry] = store.feedback.list(app.version).items
    assert (entry.app, entry.revision, entry.instance, entry.at) == (app.name, app.revision, 2, NOW)
    assert (entry.inputs, entry.output, entry.note, entry.flag) == ({"tenure": 3}, 0.7, "too high", "wrong")
    assert (entry.viewer, entry.visitor) == ("alice", None)


async def test_an_app_that_is_switched_off_keeps_nothing_and_its_instance_is_told(store: Store, app: App) -> None:
    inbox = inbox_of(store)
    inbox.know(replace(app, serving=Serving()))
    assert inbox.take(app.label, 1, SAID) is Recorded.SWITCHED_OFF
    inbox.know(app)
    assert inbox.take(app.label, 1, SAID) is Recorded.KEPT
    await inbox.flush()
    assert store.feedback.tally(app.version).entries == 1


async def test_what_an_adopted_instance_had_to_say_finds_its_app(store: Store, app: App) -> None:
    inbox = inbox_of(store)
    assert inbox.take(app.label, 1, SAID) is Recorded.KEPT
    assert inbox.take("nobody-0123456789", 1, SAID) is Recorded.KEPT
    assert await inbox.flush()
    assert [entry.app for entry in store.feedback.list(app.version).items] == [app.name]


async def test_what_an_adopted_instance_had_to_say_is_dropped_when_it_is_switched_off(store: Store, shown: Any) -> None:
    inbox = inbox_of(store)
    inbox.take(shown.app.label, 1, SAID)
    assert await inbox.flush()
    assert store.feedback.tally(shown.app.version).entries == 0


async def test_a_version_that_is_full_refuses_counts_and_takes_again_when_there_is_room(store: Store, app: App) -> None:
    inbox = inbox_of(store, FeedbackRoom(entries=2))
    inbox.know(app)
    for _ in range(2):
        assert inbox.take(app.label, 1, SAID) is Recorded.KEPT
        await inbox.flush()
    assert inbox.take(app.label, 1, SAID) is Recorded.FULL
    await inbox.flush()
    assert store.feedback.tally(app.version).refused == 1
    store.feedback.clear(app.version)
    assert inbox.take(app.label, 1, SAID) is Recorded.FULL, "it is asked after this one"
    await inbox.flush()
    assert inbox.take(app.label, 1, SAID) is Recorded.KEPT


async def test_a_version_is_full_when_the_largest_entry_would_not_fit(store: Store, app: App) -> None:
    inbox = inbox_of(store, FeedbackRoom(size_bytes=MOST_BYTES))
    inbox.know(app)
    assert inbox.take(app.label, 1, SAID) is Recorded.KEPT
    await inbox.flush()
    assert inbox.take(app.label, 1, SAID) is Recorded.FULL


class Flaky(Feedback):
    """Its connection breaks once, after the entries were written: the answer is lost on its way."""

    breaks = True

    def sizes(self, version_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        if self.breaks:
            self.breaks = False
            raise StoreUnavailableError
        return super().sizes(version_ids)


async def test_while_the_store_is_away_entries_wait_and_none_is_kept_twice(
    store: Store, app: App, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = inbox_of(replace(store, feedback=Flaky(store.database, None)))
    inbox.know(app)
    inbox.take(app.label, 1, SAID)
    assert not await inbox.flush()
    assert "Feedback was not written; it waits." in caplog.text
    inbox.take(app.label, 1, SAID)
    assert await inbox.flush()
    assert store.feedback.tally(app.version).entries == 2


async def test_no_app_takes_more_than_its_share_of_what_may_wait(store: Store, app: App) -> None:
    inbox = Inbox(store, room=FeedbackRoom(), clock=lambda: NOW, most_waiting=8)
    inbox.know(app)
    assert [inbox.take(app.label, 1, SAID) for _ in range(3)] == [Recorded.KEPT, Recorded.KEPT, Recorded.NOT_NOW]
    others = [inbox.take(f"other-{number}", 1, SAID) for number in range(7)]
    assert others == [*[Recorded.KEPT] * 6, Recorded.NOT_NOW]


async def test_what_was_taken_is_written_before_the_front_ends(store: Store, app: App) -> None:
    inbox = inbox_of(store)
    inbox.know(app)
    inbox.take(app.label, 1, SAID)
    inbox.finish()
    await inbox.write()
    assert store.feedback.tally(app.version).entries == 1

"""Which app sits for its picture, when, and what becomes of it."""

from __future__ import annotations

import asyncio
import struct
import zlib
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from vitrina.apps.allowances import Allowances
from vitrina.apps.life import Address, State
from vitrina.apps.pictures.shot import PictureError
from vitrina.hub.proxy import gallery
from vitrina.hub.proxy.gallery import Gallery

pytestmark = pytest.mark.anyio


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 5, 8, 0, 0, 0, 0)) + chunk(b"IEND", b"")


@dataclass
class HandHeld:
    """A camera whose pictures are made up, or that fails."""

    failure: str = ""
    taken: list[tuple[str, Address]] = field(default_factory=list[tuple[str, Address]])

    async def take(self, url: str, *, address: Address) -> bytes:
        self.taken.append((url, address))
        if self.failure:
            raise PictureError(self.failure)
        return PNG


async def hello(request: web.Request) -> web.Response:
    return web.Response(text=f"hello at {request.path}")


@pytest.fixture
def camera() -> HandHeld:
    return HandHeld()


@pytest.fixture
def shows(house, camera: HandHeld, clock) -> Gallery:
    return Gallery(house.store, house.supervisor, house.openings, camera, clock=clock.utc, since=clock.utc())


@pytest.fixture
def app(shown):
    return shown.app


@pytest.fixture
def other_app(hidden):
    return hidden.app


def picture(house, app):
    return house.store.pictures.of_revisions([app.revision_id]).get(app.revision_id)


async def test_a_hub_that_has_just_begun_starts_no_app_by_itself(house, shows, app, clock) -> None:
    assert await shows.look() is None
    clock.forward(gallery.QUIET.total_seconds() - 1)
    assert await shows.look() is None
    assert house.launcher.launched == []


async def test_in_a_quiet_moment_an_app_is_started_for_its_picture_and_stopped_again(
    house, shows, camera, app, clock
) -> None:
    clock.forward(gallery.QUIET.total_seconds())
    looking = asyncio.create_task(shows.look())
    started = await house.started(hello)
    assert (await looking).label == app.label
    assert camera.taken == [(house.url(app), started.address)]
    assert (picture(house, app).width, picture(house, app).height) == (8, 5)
    assert house.store.blobs.read(picture(house, app).blob) == PNG
    stopped = house.supervisor.get(app.label)
    assert (stopped.state, stopped.reason) == (State.STOPPED, gallery.TAKEN)
    assert await shows.look() is None


async def test_an_app_that_somebody_came_to_meanwhile_goes_on(house, shows, camera, app, clock) -> None:
    clock.forward(gallery.QUIET.total_seconds())
    looking = asyncio.create_task(shows.look())
    starting = asyncio.create_task(house.started(hello))
    await house.until(app, "starting")
    clock.forward(1)
    await house.supervisor.open(house.openings.order(app), session="somebody")
    await starting
    await looking
    assert house.supervisor.get(app.label).state is State.READY
    assert len(camera.taken) == 1


class TestFull:
    """A hub on which one app may run."""

    @pytest.fixture
    def allowances(self) -> Allowances:
        return Allowances(instances=1)

    async def test_an_app_that_gave_way_sits_another_time(self, house, shows, camera, app, other_app, clock) -> None:
        clock.forward(gallery.QUIET.total_seconds())
        looking = asyncio.create_task(shows.look())
        await house.launcher.arrivals.get()
        await house.supervisor.open(house.openings.order(app), session="somebody", payer="somebody")
        assert await looking is None
        assert house.supervisor.get(other_app.label).state is State.STOPPED
        assert picture(house, other_app) is None
        await house.started(hello)
        await house.until(app, "ready")
        await house.supervisor.stop(app.label, reason="Done.")
        clock.forward(gallery.QUIET.total_seconds())
        again = asyncio.create_task(shows.look())
        await house.started(hello)
        assert (await again).label == other_app.label
        assert picture(house, other_app).blob is not None


async def test_an_app_that_runs_is_taken_as_it_runs_once_its_first_page_is_there(
    house, shows, camera, app, clock
) -> None:
    await house.running(app, hello)
    assert await shows.look() is None
    clock.forward(gallery.SETTLED.total_seconds())
    assert (await shows.look()).label == app.label
    assert house.supervisor.get(app.label).state is State.READY
    assert len(house.launcher.launched) == len(camera.taken) == 1


async def test_nobody_is_kept_waiting_by_a_picture(house, shows, camera, app, other_app, clock) -> None:
    await house.running(app, hello)
    clock.forward(gallery.SETTLED.total_seconds())
    await house.supervisor.open(house.openings.order(other_app), session="somebody")
    assert await shows.look() is None
    await house.started(hello)
    await house.until(other_app, "ready")
    assert (await shows.look()).label == app.label


async def test_a_failure_is_kept_with_its_reason_and_costs_nobody_their_app(house, shows, camera, app, clock) -> None:
    camera.failure = "Its page stays empty."
    await house.running(app, hello)
    clock.forward(gallery.SETTLED.total_seconds())
    await shows.look()
    assert (picture(house, app).blob, picture(house, app).reason) == (None, "Its page stays empty.")
    assert house.supervisor.get(app.label).state is State.READY
    assert await shows.look() is None


async def test_no_picture_is_taken_of_an_app_whose_code_fails(house, shows, camera, app, clock) -> None:
    cookie = await house.enter(app)
    starting = asyncio.create_task(house.started(hello))
    async with house.client.get(house.url(app), headers=cookie, allow_redirects=False) as answer:
        await answer.read()
    (await starting).flaw = "NameError: name 'x' is not defined"
    clock.forward(gallery.SETTLED.total_seconds())
    await shows.look()
    assert "NameError" in picture(house, app).reason
    assert camera.taken == []


async def test_an_app_that_does_not_start_is_no_endless_loop(house, shows, camera, app, clock) -> None:
    clock.forward(gallery.QUIET.total_seconds())
    looking = asyncio.create_task(shows.look())
    (await house.launcher.arrivals.get()).fail("No module named 'nowhere'")
    await looking
    assert picture(house, app).reason.startswith("It did not start. No module named 'nowhere'")
    clock.forward(gallery.QUIET.total_seconds())
    assert await shows.look() is None

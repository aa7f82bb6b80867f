"""Saves: which files of an app were saved, told as it happens by the system (inotify and its like), never by asking."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.util import find_spec
from typing import TYPE_CHECKING

from vitrina.store.errors import MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

    from vitrina.apps.develop.source import Looked, Source

QUIET_MS = 50
"""An editor writes a file in several goes: so long nothing may happen before what happened is told."""

LONGEST_MS = 1000
"""So long at most, where it goes on all the time."""


async def saves(source: Source, *, since: Looked) -> AsyncGenerator[tuple[Path, ...]]:
    """The files of the app that are new, gone or of another content, each time that there are some.

    Watched are the folders in which its files lie. Nothing is missed: what was saved after the look `since`, or while
    the one before was taken care of, is told next. Raises OSError where the system watches no more folders.
    """
    looked = since
    while True:
        async with aclosing(_stirs(looked)) as stirs:
            async for _ in stirs:
                before, looked = looked, await asyncio.to_thread(source.look, looked)
                if changed := before.changed(looked):
                    yield changed
                if looked.folders != before.folders:
                    break


async def _stirs(looked: Looked) -> AsyncGenerator[None]:
    """Whenever something stirs in these folders; the first time as soon as they are watched."""
    from watchfiles._rust_notify import RustNotify  # as its documentation has it: one knows when watching has begun

    is_over = threading.Event()
    folders = sorted(map(str, looked.folders))
    with RustNotify(folders, False, False, 0, recursive=False, ignore_permission_denied=True) as watch:
        yield
        while True:
            stirred = asyncio.ensure_future(asyncio.to_thread(watch.watch, LONGEST_MS, QUIET_MS, 0, is_over))
            try:
                await asyncio.shield(stirred)
            finally:
                if not stirred.done():
                    is_over.set()
                await asyncio.wait({stirred})
            yield


def demand_watching() -> None:
    """Raises MissingExtraError where folders cannot be watched."""
    if find_spec("watchfiles") is None:
        raise MissingExtraError("watchfiles", extra="apps", purpose="Starting again on save")

"""What is known for some seconds."""

from __future__ import annotations

import asyncio
import threading

import pytest

from vitrina.hub.proxy.memory import OUTLIVES_S, PATIENCE_S, Memory

pytestmark = pytest.mark.anyio


class Oracle:
    """Answers slowly when it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.error: Exception | None = None
        self.go = threading.Event()
        self.go.set()

    def __call__(self, key: str) -> str:
        self.asked.append(key)
        self.go.wait(10)
        if self.error:
            raise self.error
        return f"{key} {len(self.asked)}"


@pytest.fixture
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture
def memory(oracle: Oracle, clock) -> Memory[str, str]:
    return Memory(oracle, keep_s=2.0, most=2, clock=clock.growing_s)


async def test_an_answer_is_kept_for_its_time(memory, clock) -> None:
    assert [await memory.get("a"), await memory.get("a")] == ["a 1", "a 1"]
    clock.forward(1.9)
    assert await memory.get("a") == "a 1"
    clock.forward(0.1)
    assert await memory.get("a") == "a 2"


async def test_many_at_once_ask_once(memory, oracle: Oracle) -> None:
    oracle.go.clear()
    asking = [asyncio.create_task(memory.get("a")) for _ in range(100)]
    asking[0].cancel()
    await asyncio.wait({asking[0]})
    oracle.go.set()
    assert set(await asyncio.gather(*asking[1:])) == {"a 1"}


async def test_an_error_goes_to_all_and_is_not_kept(memory, oracle: Oracle) -> None:
    oracle.error = OSError("away")
    told = await asyncio.gather(memory.get("a"), memory.get("a"), return_exceptions=True)
    assert told == [oracle.error, oracle.error]
    oracle.error = None
    assert await memory.get("a") == "a 2"


async def test_the_oldest_are_forgotten(memory, oracle: Oracle) -> None:
    for key in ("a", "b", "c", "a"):
        await memory.get(key)
    assert oracle.asked == ["a", "b", "c", "a"]
    await memory.get("c")
    assert len(oracle.asked) == 4


async def test_while_nobody_answers_the_last_answer_serves_for_a_while(memory, oracle: Oracle, clock, caplog) -> None:
    assert await memory.get("a") == "a 1"
    oracle.error = OSError("away")
    clock.forward(2.0)
    assert [await memory.get("a"), await memory.get("a")] == ["a 1", "a 1"]
    assert len(oracle.asked) == 2, "it is not asked at each request"
    assert "away" in caplog.text
    clock.forward(OUTLIVES_S - 2.0)
    with pytest.raises(OSError, match="away"):
        await memory.get("a")


async def test_it_is_asked_again_and_believed_as_soon_as_it_answers(memory, oracle: Oracle, clock) -> None:
    await memory.get("a")
    oracle.error = OSError("away")
    clock.forward(2.0)
    await memory.get("a")
    oracle.error = None
    clock.forward(2.0)
    assert await memory.get("a") == "a 3"


async def test_who_was_answered_before_does_not_wait_for_a_slow_answer(memory, oracle: Oracle, clock) -> None:
    await memory.get("a")
    clock.forward(2.0)
    oracle.go.clear()
    waiting = asyncio.create_task(memory.get("a"))
    await asyncio.sleep(0)
    clock.forward(PATIENCE_S)
    assert await memory.get("a") == "a 1"
    oracle.go.set()
    assert await waiting == "a 2", "who has waited for less than that gets it"
    assert await memory.get("a") == "a 2"

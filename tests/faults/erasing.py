"""A process that brings people into an account and erases them, until it is killed.

It prints a line when it begins to erase some, and one when nothing is left of them.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.fakes import START, FakeClock
from tests.stores.traces import Crowd, Person

from onduty_server.app.service import StatusService
from onduty_server.stores.sqlite import SqliteStore


async def _live(path: Path, life: int) -> None:
    store = SqliteStore(path, FakeClock(START + life * 60_000))
    await store.open()
    crowd = Crowd(StatusService(store), random.Random(life))
    await crowd.come(50)
    while True:
        going = crowd.some(5)
        _say("erasing", going)
        await crowd.erase(going)
        _say("erased", going)
        await crowd.come(5)


def _say(what: str, people: Iterable[Person]) -> None:
    sys.stdout.write(" ".join([what, *(person.user_id for person in people)]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_live(Path(sys.argv[1]), int(sys.argv[2])))

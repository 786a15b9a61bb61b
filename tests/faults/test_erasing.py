"""What a killed process was erasing is whole or not begun, once the next one has started."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.faults.disk import faulty_disk
from tests.stores.backends import SqliteBackend
from tests.stores.site import ACCOUNT, MINUTE, Site
from tests.stores.traces import Crowd, traces_in, traces_of

from onduty_server.domain.errors import AccountUnknown, UserUnknown

pytestmark = pytest.mark.slow


class _Snapshots:
    """Copies the files of a database before every write and sync, as a process killed there would leave them."""

    def __init__(self, database: Path, into: Path) -> None:
        self.paths: list[Path] = []
        self._database, self._into = database, into
        self._taking = threading.Lock()

    def take(self) -> None:
        """Take one, in whatever thread."""
        with self._taking:
            self._take()

    def _take(self) -> None:
        directory = self._into / f"{len(self.paths):04}"
        directory.mkdir()
        for suffix in ("", "-wal", "-shm"):
            if (file := Path(f"{self._database}{suffix}")).exists():
                shutil.copy(file, directory)
        self.paths.append(directory)


async def _opened(directory: Path) -> SqliteBackend:
    backend = SqliteBackend(directory)
    await backend.open()
    return backend


async def _revisions(site: Site) -> list[int]:
    events = await site.store.events(ACCOUNT, 0, 100_000)
    return [event.revision for event in events]


async def test_an_erasure_that_is_cut_short_is_whole_or_not_begun_after_the_next_start(tmp_path: Path) -> None:
    with faulty_disk() as disk:
        backend = await _opened(tmp_path)
        crowd = Crowd(Site(backend).service, random.Random(15))
        await crowd.come(40)
        going, snapshots = crowd.some(3), _Snapshots(backend.path, tmp_path)
        disk.before_write = snapshots.take
        await crowd.erase(going)
        await crowd.come(2)
        disk.before_write = lambda: None
        snapshots.take()
        await backend.stop()
    outcomes = set()
    for directory in snapshots.paths:
        copy = await _opened(directory)
        site = Site(copy)
        views = await site.store.get(ACCOUNT, [person.user_id for person in going])
        outcomes.add(tuple(view is None for view in views))
        for person, view in zip(going, views, strict=True):
            if view is None:
                assert traces_in(copy.path, [person]) == []
                with pytest.raises(UserUnknown):
                    await site.service.delete_user(ACCOUNT, person.user_id)
            else:
                assert view.profile.display_name == person.name
                assert len(traces_in(copy.path, [person])) >= 3
                await site.service.delete_user(ACCOUNT, person.user_id)
        assert traces_in(copy.path, going) == []
        revisions = await _revisions(site)
        assert revisions == list(range(1, len(revisions) + 1))
        await copy.stop()
    assert {(False,) * 3, (True,) * 3} <= outcomes


async def test_an_account_whose_erasure_is_cut_short_is_whole_or_gone_after_the_next_start(tmp_path: Path) -> None:
    with faulty_disk() as disk:
        backend = await _opened(tmp_path)
        crowd = Crowd(Site(backend).service, random.Random(16))
        await crowd.come(400)
        other = Crowd(Site(backend).service, random.Random(17), "other")
        await other.come(10)
        snapshots = _Snapshots(backend.path, tmp_path)
        disk.before_write = lambda: snapshots.take() if len(snapshots.paths) < 60 or random.random() < 0.1 else None
        await crowd.service.delete_account(ACCOUNT)
        disk.before_write = lambda: None
        snapshots.take()
        assert traces_in(backend.path, crowd.people) == []
        await backend.stop()
    outcomes = set()
    for directory in snapshots.paths:
        copy = await _opened(directory)
        accounts = set((await Site(copy).service.list_accounts()).items)
        outcomes.add(frozenset(accounts))
        if accounts == {"other"}:
            # Its rows are deleted while the server runs. Whoever repeats the call waits for that.
            with pytest.raises(AccountUnknown):
                await Site(copy).service.delete_account(ACCOUNT)
            assert traces_in(copy.path, crowd.people) == []
        else:
            views = await copy.store.get(ACCOUNT, [person.user_id for person in crowd.people])
            assert all(view is not None for view in views)
        assert len(traces_in(copy.path, other.people)) >= len(other.people)
        await copy.stop()
    assert outcomes == {frozenset({ACCOUNT, "other"}), frozenset({"other"})}


def _killed(path: Path, life: int, after_s: float) -> tuple[list[str], list[str]]:
    """Kill a process some time after its first erasure began; return whom it erased, and whom it was erasing."""
    command = [sys.executable, "-m", "tests.faults.erasing", str(path), str(life)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        killing = threading.Timer(after_s, process.kill)
        killing.start()
        lines += process.stdout.readlines()
        killing.join()
    said: dict[str, list[str]] = {"erasing": [], "erased": []}
    for line in lines:
        what, *user_ids = line.split()
        said[what] += user_ids
    return said["erased"], [user_id for user_id in said["erasing"] if user_id not in said["erased"]]


_LIVES, _LIVES_MAX = 8, 80
"""How often a process is killed, and how often at most: until an erasure that a kill has cut short was whole."""


async def test_what_a_killed_process_was_erasing_is_whole_or_gone_after_the_next_start(tmp_path: Path) -> None:
    dice, backend = random.Random(20261129), SqliteBackend(tmp_path)
    outcomes: list[bool] = []
    for life in range(_LIVES_MAX):
        if life >= _LIVES and True in outcomes:
            break
        erased, erasing = _killed(backend.path, life, dice.random() * 0.4)
        # What was answered holds before anybody opens the file.
        assert traces_of(backend.path, erased) == []
        await backend.open(now=backend.clock.now() + MINUTE)
        for user_id in erasing:
            view = (await backend.store.get(ACCOUNT, [user_id]))[0]
            outcomes.append(view is None)
            if view is None:
                assert traces_of(backend.path, [user_id]) == []
            else:
                assert view.profile.display_name.endswith("Ada Lovelace")
                await Site(backend).service.delete_user(ACCOUNT, user_id)
        assert traces_of(backend.path, [*erased, *erasing]) == []
        await backend.stop()
    assert True in outcomes

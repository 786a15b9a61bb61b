"""kill -9 of exporters, server and receivers: nothing is missing, the order is kept, and what comes twice has its id.

One server is loaded with changes by hand, by activity and by inactivity. Three exporters pass them on: to a webhook, to
a stream of NATS and to a file. Any of the processes is killed at a random moment and started again some time later. In
the end each receiver has exactly the server's history, in its order; a part of it may have been repeated.

`ONDUTY_TEST_KILLS=100` looks harder, `ONDUTY_TEST_DICE=7` repeats a run's choices as far as timing lets it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import nats
import pytest
from nats.js.api import StreamConfig
from tests import fork_server
from tests.grpc.streaming import until

from onduty_client import AsyncClient, OndutyError, Status
from onduty_server.cli.remote.export.events import EventWriter, default_source
from onduty_server.cli.remote.export.history import History
from onduty_server.process.port_reservation import reserved

KILLS = int(os.environ.get("ONDUTY_TEST_KILLS", "18"))
DICE = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
ACCOUNT = "acme.eu"
OLD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SUBJECT = "onduty.events.acme%2Eeu"
LOOKS, LOOK_EVERY_S = 150, 0.3
RECEIVER = Path(__file__).with_name("webhook_receiver.py")


class Part(Protocol):
    """A process that is killed and started again."""

    async def start(self) -> None: ...

    async def kill(self) -> None: ...


class Command:
    """An `onduty` command. `serving` is a part of the line by which it says that it has begun."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self._directory = directory
        self._arguments = arguments
        self._command: fork_server.Forked | None = None
        self._reader: asyncio.Task[None] | None = None
        self.log: list[str] = []

    async def start(self) -> None:
        self._command = await asyncio.to_thread(
            fork_server.Forked, self._directory, *self._arguments, stream=fork_server.STDERR
        )
        self._reader = asyncio.create_task(self._read(await fork_server.lines_of(self._command)))

    async def _read(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            self.log.append(line.decode())

    async def kill(self) -> None:
        await self._end(lambda command: command.kill())

    async def terminate(self) -> int:
        return await self._end(lambda command: command.terminate())

    async def _end(self, how: Callable[[fork_server.Forked], None]) -> int:
        assert self._command is not None and self._reader is not None
        how(self._command)
        code = await asyncio.to_thread(self._command.wait)
        await self._reader
        return code


class Program:
    """Any other program."""

    def __init__(self, *command: str) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )

    async def kill(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def load(address: str, dice: random.Random, over: asyncio.Event, done: Counter[str]) -> None:
    """Change statuses and the workflow until it is over, however often the server is gone."""
    async with AsyncClient(address, timeout=2.0) as client:
        while not over.is_set():
            user = f"user-{dice.randrange(30)}"
            chance = dice.random()
            with suppress(OndutyError):
                if chance < 0.6:
                    status = dice.choice([Status.ONLINE, Status.AWAY, Status.OFFLINE])
                    await client.set_status(ACCOUNT, user, status, reason=f"Grund {dice.random()}")
                    done["statuses"] += 1
                elif chance < 0.95:
                    await client.record_activity(ACCOUNT, user)
                    done["activities"] += 1
                else:
                    period = timedelta(seconds=dice.randrange(1, 4))
                    await client.update_workflow(ACCOUNT, enabled=True, away_after=period)
                    done["workflows"] += 1
            await asyncio.sleep(dice.uniform(0, 0.02))


async def switch_off(address: str) -> None:
    """Switch the workflow off, once the server answers: it may just have been started again."""
    async with AsyncClient(address, timeout=2.0) as client:
        for _ in range(LOOKS):
            with suppress(OndutyError):
                await client.update_workflow(ACCOUNT, enabled=False)
                return
            await asyncio.sleep(LOOK_EVERY_S)
    pytest.fail("the server does not answer")


def has_done(done: Counter[str], statuses: int) -> bool:
    """Return True once so many statuses were set."""
    return done["statuses"] >= statuses


async def kept(address: str) -> list[bytes]:
    """The events of the server's whole history, in its order."""
    writer = EventWriter(ACCOUNT, default_source(ACCOUNT))
    found: list[bytes] = []
    async with AsyncClient(address, timeout=10.0) as client:
        async for page in History(client, ACCOUNT, 0).pages():
            for change in page:
                of_status = hasattr(change, "user_id")
                event: Any = writer.status(change, 1) if of_status else writer.workflow(change, 1)  # type: ignore[arg-type]
                found.append(event.body)
    assert [json.loads(body)["id"] for body in found] == [f"acme%2Eeu:{at}" for at in range(1, len(found) + 1)]
    return found


def assert_all_arrived(sink: str, arrived: Sequence[bytes], expected: Sequence[bytes]) -> int:
    """Fail unless the expected events arrived in their order; return how many were repeated."""
    told = 0
    for body in arrived:
        revision = json.loads(body)["data"]["revision"]
        assert revision <= told + 1, f"{sink}: {revision} came after {told}"
        assert body == expected[revision - 1], f"{sink}: {revision} changed on the way"
        told = max(told, revision)
    assert told == len(expected), f"{sink}: only {told} of {len(expected)} arrived"
    return len(arrived) - told


async def until_arrived(read: Callable[[], Awaitable[Sequence[bytes]]], last: bytes, exporter: Command) -> list[bytes]:
    """All that arrived, once the last event has."""
    arrived: Sequence[bytes] = ()
    for _ in range(LOOKS):
        arrived = await read()
        if last in arrived:
            return list(arrived)
        await asyncio.sleep(LOOK_EVERY_S)
    pytest.fail(f"{len(arrived)} arrived, and not the last; the exporter wrote:\n{''.join(exporter.log[-20:])}")


async def lines_of(path: Path) -> Sequence[bytes]:
    """The whole lines of a file."""
    return (await asyncio.to_thread(path.read_bytes)).split(b"\n")[:-1]


async def stream_of(port: int) -> Sequence[bytes]:
    """The messages of the stream of NATS."""
    found: list[bytes] = []
    client = await nats.connect(f"nats://127.0.0.1:{port}")
    try:
        stream = client.jetstream()
        last = (await stream.stream_info("onduty")).state.last_seq
        subscription = await stream.subscribe(SUBJECT, ordered_consumer=True)
        while len(found) < last:
            found.append((await subscription.next_msg(timeout=10)).data)
    finally:
        await client.close()
    return found


async def make_stream(port: int) -> None:
    """Add the stream, once NATS answers. Its window for duplicates is shorter than a test is, so that some are seen."""
    client = await nats.connect(
        f"nats://127.0.0.1:{port}", max_reconnect_attempts=400, reconnect_time_wait=0.05, error_cb=_ignored
    )
    await client.jetstream().add_stream(StreamConfig("onduty", subjects=["onduty.events.>"], duplicate_window=0.1))
    await client.close()


async def _ignored(error: Exception) -> None:
    pass


@pytest.mark.timeout(300 + 4 * KILLS)
async def test_receivers_get_the_whole_history_in_its_order_whatever_is_killed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("kills", KILLS)
    record_property("dice", DICE)
    dice = random.Random(DICE)
    secrets = tmp_path / "secrets"
    secrets.write_text(f"{NEW_SECRET}\n{OLD_SECRET}\n")
    with ExitStack() as ports:
        port, hook_port, nats_port = (ports.enter_context(reserved("127.0.0.1:0")) for _ in range(3))
    address = f"127.0.0.1:{port}"
    hooks, lines = tmp_path / "hooks", tmp_path / "lines"

    def exporter(to: str, *options: str) -> Command:
        return Command(
            tmp_path,
            *("export", ACCOUNT, "--to", to, "--server", address, "--checkpoint", f"{to}.json"),
            *("--log-format", "json", "--receiver-timeout", "2s", *options),
        )

    server = Command(
        tmp_path,
        *("serve", "--listen", address, "--http-listen", "off", "--store", f"sqlite:{tmp_path / 'onduty.db'}"),
        *("--log-format", "json"),
    )
    exporters = {
        "webhook": exporter("webhook", "--url", f"http://127.0.0.1:{hook_port}/in", "--secret-file", str(secrets)),
        "nats": exporter("nats", "--url", f"nats://127.0.0.1:{nats_port}"),
        "ndjson": exporter("ndjson", "--output", str(lines)),
    }
    receivers: dict[str, Part] = {
        "webhook receiver": Program(
            sys.executable, str(RECEIVER), str(hook_port), str(hooks), OLD_SECRET, str(dice.random())
        ),
        "nats server": Program(
            str(Path(sys.executable).with_name("nats-server")),
            *("--addr", "127.0.0.1", "--port", str(nats_port), "--jetstream", "--store_dir", str(tmp_path / "nats")),
        ),
    }
    parts: dict[str, Part] = {"server": server, **exporters, **receivers}
    killed: Counter[str] = Counter()
    done: Counter[str] = Counter()
    over = asyncio.Event()
    async with AsyncExitStack() as started:
        for part in parts.values():
            await part.start()
            started.push_async_callback(part.kill)
        await make_stream(nats_port)
        # From here on everything counts: each has kept where it begins.
        for to in exporters:
            await until((tmp_path / f"{to}.json").exists)
        loading = [asyncio.create_task(load(address, dice, over, done)) for _ in range(3)]
        for number in range(KILLS):
            if number % 4:
                # So much has been done, however long that takes here; every fourth kill is soon after a start.
                await until(partial(has_done, done, done["statuses"] + dice.randrange(5, 40)))
            await asyncio.sleep(dice.uniform(0, 0.3))
            # Each in turn, and sometimes another one at the same time.
            victims = {list(parts)[number % len(parts)], *dice.sample(list(parts), dice.choice([0, 0, 1]))}
            for name in victims:
                await parts[name].kill()
                killed[name] += 1
            await asyncio.sleep(dice.uniform(0, 0.4))
            for name in victims:
                await parts[name].start()
        over.set()
        await asyncio.gather(*loading)
        # Nobody switches by inactivity any more.
        await switch_off(address)
        expected = await kept(address)
        reads: dict[str, Callable[[], Awaitable[Sequence[bytes]]]] = {
            "webhook": partial(lines_of, hooks),
            "nats": partial(stream_of, nats_port),
            "ndjson": partial(lines_of, lines),
        }
        for to, read in reads.items():
            arrived = await until_arrived(read, expected[-1], exporters[to])
            record_property(f"repeated by {to}", assert_all_arrived(to, arrived, expected))
        for to, exporter_of in exporters.items():
            assert await exporter_of.terminate() == 0
            place = json.loads((tmp_path / f"{to}.json").read_text())["place"]
            assert (place["revision"], place["replaying"]) == (len(expected), False)
    for name in parts:
        record_property(f"kills of {name}", killed[name])
    for name, count in done.items():
        record_property(name, count)
    record_property("revisions", len(expected))
    assert len(expected) > 5 * KILLS

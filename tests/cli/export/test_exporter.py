"""Delivering: the order, what a failure does, and that the checkpoint never passes what was not acknowledged."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.cli.export.scripted import HastyClock, ScriptedFeed, ScriptedSink

from onduty_client import PermissionRequired, Unavailable
from onduty_server.cli.remote.export.checkpoint import CheckpointFile, Place
from onduty_server.cli.remote.export.exporter import Exporter
from onduty_server.cli.remote.export.figures import Figures
from onduty_server.cli.remote.export.ndjson import LinesFile
from onduty_server.cli.remote.export.sinks import EventRefused, NotDelivered, Problem, ReceiverGone


class Setting:
    """An export of scripted steps to a scripted receiver."""

    def __init__(self, path: Path, script: Sequence[int | Exception], sink: ScriptedSink, **more: Any) -> None:
        self.clock = HastyClock()
        self.stop = asyncio.Event()
        self.feed = ScriptedFeed(script, self.stop)
        self.sink = sink
        self.path = path / "checkpoint.json"
        self.file = CheckpointFile(self.path, "acme")
        self.place = self.file.open()
        self.figures = Figures(self.clock.now)
        # Without chance: what is waited is the bound, and what the receiver asks for.
        self.exporter = Exporter(
            self.feed,
            sink,
            self.file,
            clock=self.clock,
            stop=self.stop,
            figures=self.figures,
            place=self.place,
            backoff=lambda failures, asked_s: asked_s + 2.0**failures,
            **more,
        )

    async def run(self) -> None:
        try:
            await self.exporter.run()
        finally:
            self.file.close()

    @property
    def revisions(self) -> list[int]:
        return [event.revision for event in self.sink.taken]

    def kept(self) -> Place:
        return Place(**json.loads(self.path.read_text())["place"])

    def metric(self, name: str, **labels: str) -> float | None:
        return self.figures.registry.get_sample_value(name, labels)


async def test_events_are_delivered_in_order_and_the_checkpoint_follows(tmp_path: Path) -> None:
    setting = Setting(tmp_path, [0, 2, 0, 3], ScriptedSink())
    await setting.run()
    assert setting.revisions == [1, 2, 3, 4, 5]
    assert (setting.kept().revision, setting.kept().resume_token) == (5, "t5")
    assert setting.metric("onduty_export_events_total", type="onduty.status.changed.v1") == 5
    assert setting.metric("onduty_export_revision") == 5


async def test_batches_are_no_larger_than_the_sink_takes(tmp_path: Path) -> None:
    setting = Setting(tmp_path, [0, 7], ScriptedSink(batch_max=3))
    await setting.run()
    assert (setting.revisions, setting.sink.attempts) == ([1, 2, 3, 4, 5, 6, 7], 3)


async def test_a_failure_is_repeated_with_growing_waits_and_no_sooner_than_the_receiver_asks(tmp_path: Path) -> None:
    busy = NotDelivered(Problem.UNAVAILABLE, "HTTP 503", retry_after_s=30)
    script = [None, NotDelivered(Problem.TIMEOUT, "late"), busy, busy, busy, busy]
    setting = Setting(tmp_path, [0, 3], ScriptedSink(script))
    await setting.run()
    assert setting.revisions == [1, 2, 3]
    assert setting.clock.waits_ms == [1_000, 32_000, 34_000, 38_000, 46_000]
    assert setting.feed.pauses == 1, "the watch is left while nothing can be delivered"
    assert setting.metric("onduty_export_failures_total", problem="unavailable") == 4
    assert setting.metric("onduty_export_failures_total", problem="timeout") == 1


async def test_the_checkpoint_stays_before_what_is_not_acknowledged(tmp_path: Path) -> None:
    setting = Setting(
        tmp_path, [0, 5], ScriptedSink([None, None, *[NotDelivered(Problem.UNREACHABLE, "refused")] * 99])
    )
    setting.sink._on_attempt = lambda attempt: setting.stop.set() if attempt == 20 else None
    await setting.run()
    assert setting.revisions == [1, 2]
    # The token of the step before, and the revision that tells which of the next step's events are behind it.
    assert (setting.kept().revision, setting.kept().resume_token) == (2, "t0")


async def test_a_stop_before_a_step_is_delivered_does_not_pass_it(tmp_path: Path) -> None:
    sink = ScriptedSink(on_attempt=lambda attempt: setting.stop.set())
    setting = Setting(tmp_path, [0, 3, 0, 0], sink)
    await setting.run()
    assert setting.revisions == [1]
    assert setting.kept().revision == 1


async def test_what_the_receiver_refuses_holds_up_the_rest_for_as_long_as_it_is_refused(tmp_path: Path) -> None:
    setting = Setting(tmp_path, [0, 3], ScriptedSink([None, *[EventRefused("HTTP 422")] * 40]))
    await setting.run()
    assert setting.revisions == [1, 2, 3]
    assert setting.sink.attempts == 43


async def test_with_a_file_for_them_refused_events_are_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    refused = LinesFile(tmp_path / "refused")
    sink = ScriptedSink([None, *[EventRefused("HTTP 422")] * 3])
    setting = Setting(tmp_path, [0, 3], sink, refused=refused, refused_after=3)
    await setting.run()
    await refused.close()
    assert setting.revisions == [1, 3]
    assert (tmp_path / "refused").read_text() == "event 2\n"
    assert setting.kept().revision == 3
    assert setting.metric("onduty_export_set_aside_events_total") == 1


async def test_other_failures_are_never_set_aside(tmp_path: Path) -> None:
    refused = LinesFile(tmp_path / "refused")
    script = [NotDelivered(Problem.REFUSED, "HTTP 401")] * 30
    setting = Setting(tmp_path, [0, 1], ScriptedSink(script), refused=refused, refused_after=3)
    await setting.run()
    assert setting.revisions == [1]
    assert not (tmp_path / "refused").exists()


async def test_a_receiver_that_is_gone_ends_the_export_and_loses_nothing(tmp_path: Path) -> None:
    setting = Setting(tmp_path, [0, 3], ScriptedSink([None, ReceiverGone("HTTP 410")]))
    with pytest.raises(ReceiverGone, match="410"):
        await setting.run()
    assert setting.kept().revision == 1


async def test_a_server_that_fails_is_asked_again_for_as_long_as_it_takes(tmp_path: Path) -> None:
    down = Unavailable("down")
    setting = Setting(tmp_path, [down, down, 0, 2, PermissionRequired("not now"), down, 1], ScriptedSink())
    await setting.run()
    assert setting.revisions == [1, 2, 3]
    assert setting.clock.waits_ms == [1_000, 2_000, 1_000, 2_000]


async def test_a_server_that_refuses_from_the_beginning_ends_the_export(tmp_path: Path) -> None:
    setting = Setting(tmp_path, [PermissionRequired("kim may not read statuses")], ScriptedSink())
    with pytest.raises(PermissionRequired):
        await setting.run()


class FullDisk(CheckpointFile):
    """A file that cannot be written after a while."""

    room = 1

    def save(self, place: Place) -> None:
        if self.room == 0:
            raise OSError(errno.ENOSPC, "no space left on device")
        self.room -= 1
        super().save(place)


async def test_a_checkpoint_that_cannot_be_written_stops_nothing_but_the_first_must_be(tmp_path: Path) -> None:
    setting = Setting(tmp_path, [0, 3], ScriptedSink())
    full = FullDisk(tmp_path / "full.json", "acme")
    setting.exporter._file = full
    await setting.run()
    assert setting.revisions == [1, 2, 3]
    assert setting.metric("onduty_export_checkpoint_failures_total") == 2
    setting = Setting(tmp_path, [0, 3], ScriptedSink())
    full.room = 0
    setting.exporter._file = full
    with pytest.raises(OSError, match="no space"):
        await setting.run()
    assert setting.revisions == []


async def test_the_lag_is_the_age_of_what_was_delivered(tmp_path: Path) -> None:
    setting = Setting(tmp_path, [], ScriptedSink())
    setting.clock.advance(5_000)
    assert setting.metric("onduty_export_lag_seconds") == 5, "since the start, as long as nothing is known"
    setting.figures.reached(Place(until_ms=setting.clock.now() - 2_000))
    setting.clock.advance(1_000)
    assert setting.metric("onduty_export_lag_seconds") == 3
    assert setting.figures.why_not_ready() == "no connection to the server"
    setting.figures.connected(True)
    assert setting.figures.why_not_ready() is None
    setting.figures.failed(Problem.TIMEOUT)
    assert setting.figures.why_not_ready() == "the receiver does not take events"
    setting.file.close()

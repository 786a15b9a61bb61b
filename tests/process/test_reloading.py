"""Settings that a running server takes from its file when it is told to reload, and those that it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
import structlog
from grpc import aio
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.grpc.wire import Wire

from onduty.v1 import status_pb2 as pb
from onduty_server.access.audit import AuditLog
from onduty_server.process import logs
from onduty_server.process.access import Access
from onduty_server.process.config.settings import Settings
from onduty_server.process.config.sources import Source
from onduty_server.process.metrics import PrometheusObserver
from onduty_server.process.reloading import Configuration
from onduty_server.process.wiring import build_application, change
from onduty_server.transport.guard import Guard

FLAGS = {"store": "memory:", "listen": "127.0.0.1:0", "http_listen": "off"}
CHANGED = "settings have changed"
RESTART = "these settings have changed in the configuration; restart for them"


class Site:
    """A file with settings, and a server that has read it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.applied: list[Settings] = []
        path.write_text("")
        self.source = Source(path, FLAGS)

    def configuration(self, apply: Callable[[Settings], None] | None = None) -> Configuration:
        return Configuration(self.source.load().settings, self.source, apply or self.applied.append)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "onduty.toml")


async def test_limits_are_those_of_the_file_from_the_reload_on(site: Site) -> None:
    clock = FakeClock()
    access = Access(Guard(AuditLog(clock, lambda line: None)))
    configuration = site.configuration(lambda settings: change(application, settings))
    application = build_application(configuration.settings, clock, PrometheusObserver(CollectorRegistry()), access)
    await application.start()
    request = pb.RecordActivityRequest(account_id="acme", user_id="ada")
    try:
        async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
            stub = Wire(channel).stub
            for _ in range(5):
                await stub.RecordActivity(request)
            site.path.write_text("account_rate = 1")
            configuration.reload()
            await stub.RecordActivity(request)
            with pytest.raises(aio.AioRpcError) as caught:
                await stub.RecordActivity(request)
            assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            assert caught.value.details() == "more than 1 calls for this account a second"
            watches = [stub.WatchStatuses(pb.WatchStatusesRequest(account_id=f"a{n}")) for n in range(2)]
            for watch in watches:
                await watch.read()
            site.path.write_text("streams_per_caller = 2")
            configuration.reload()
            await stub.RecordActivity(request)
            with pytest.raises(aio.AioRpcError, match="already has 2 streams running"):
                await stub.WatchStatuses(pb.WatchStatusesRequest(account_id="a2")).read()
            for watch in watches:
                watch.cancel()
    finally:
        await application.stop()


def test_the_log_says_what_has_changed_and_nothing_if_nothing_has(site: Site) -> None:
    configuration = site.configuration()
    with capture_logs() as said:
        configuration.reload()
        assert said == [] and site.applied == []
        site.path.write_text('log_level = "debug"\ncalls_max = 40')
        configuration.reload()
        configuration.reload()
    [line] = said
    assert (line["event"], line["settings"]) == (CHANGED, {"calls_max": 40, "log_level": "debug"})
    [applied] = site.applied
    assert (applied.log_level, applied.calls_max, applied.store) == ("debug", 40, "memory:")


def test_what_takes_a_restart_is_named_once_and_not_taken(site: Site) -> None:
    configuration = site.configuration()
    site.path.write_text('users_max = 5\nmetrics_listen = "127.0.0.1:9100"\nstore_password = "secret"')
    with capture_logs() as said:
        configuration.reload()
        configuration.reload()
    [line] = said
    assert (line["event"], line["settings"]) == (RESTART, ["store_password", "users_max", "metrics_listen"])
    assert "secret" not in str(said)
    assert site.applied == [] and configuration.settings.users_max != 5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("calls_max = 1", "calls_max: must be at least 4, got 1"),
        ("calls_maxx = 9", "no setting is called 'calls_maxx'; did you mean calls_max?"),
        ("calls_max =", "not TOML"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing_and_the_log_says_why(site: Site, text: str, why: str) -> None:
    configuration = site.configuration()
    site.path.write_text(f'{text}\nlog_level = "debug"')
    with capture_logs() as said:
        configuration.reload()
    [line] = said
    assert line["log_level"] == "error" and why in line["why"]
    assert site.applied == []


def test_a_flag_wins_over_the_file(site: Site) -> None:
    site.source = Source(site.path, {**FLAGS, "log_level": "warning"})
    configuration = site.configuration()
    site.path.write_text('log_level = "debug"')
    configuration.reload()
    assert site.applied == []


@pytest.fixture
def configured() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("configured")
def test_loggers_that_have_logged_before_follow_a_change_of_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", as_json=True)
    log = structlog.get_logger("somewhere")
    log.info("one")
    log.debug("two")
    logs.set_level("debug")
    log.debug("three")
    logs.set_level("error")
    log.warning("four")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["one", "three"]

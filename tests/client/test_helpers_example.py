"""Mirrors and reporters as backends would use them. Type-checked with everything else, so that it stays true."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.client.scripted import ScriptedServer
from tests.client.watched import AWAY, ONLINE, bookmark, change, changes, page, until, user

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    ActivityReporter,
    AsyncActivityReporter,
    AsyncAvailabilityMirror,
    AvailabilityMirror,
    Client,
    MirrorStale,
    Resynced,
    Status,
    StatusChange,
)
from onduty_client.testing import FakeClient, FakeReporter, RecordedActivity, ScriptedMirror

# --- a routing engine ------------------------------------------------------------------------------------------------


def next_agent(mirror: AvailabilityMirror) -> str | None:
    """Whoever has been waiting for work for longest."""
    first = mirror.available_users(limit=1)
    return first[0].user_id if first else None


def may_take_case(mirror: AvailabilityMirror, client: Client, user_id: str) -> bool:
    """From memory, a million times a second; from the server while the mirror is cut off and will not guess."""
    try:
        return mirror.is_available(user_id)
    except MirrorStale:
        return client.get_status(mirror.account_id, user_id).available


def route(target: str, account_id: str, user_ids: list[str]) -> tuple[str | None, list[str]]:
    """A synchronous program: the mirror follows the account in the background."""
    with Client(target) as client, AvailabilityMirror(target, account_id) as mirror:
        mirror.wait_ready(timeout=10)
        return next_agent(mirror), [user_id for user_id in user_ids if may_take_case(mirror, client, user_id)]


# --- a live view -----------------------------------------------------------------------------------------------------


async def follow(target: str, account_id: str, show: Callable[[dict[str, str]], None]) -> None:
    """Everybody's status, shown whenever it changes."""
    async with AsyncAvailabilityMirror(target, account_id) as mirror:
        statuses: dict[str, str] = {}
        async for event in mirror.changes():
            match event:
                case Resynced():
                    # The beginning, or a gap: read everything again.
                    await mirror.wait_ready()
                    statuses = {each.user_id: each.status for each in mirror.statuses()}
                case StatusChange():
                    statuses[event.user_id] = event.status
            show(statuses)


# --- a backend that reports every click ------------------------------------------------------------------------------


class ActivityMiddleware:
    """For a synchronous framework (WSGI): costs a request about a microsecond, whatever the server does."""

    def __init__(self, application: Callable[[dict[str, str]], bytes], reporter: ActivityReporter) -> None:
        self.application = application
        self.reporter = reporter

    def __call__(self, environ: dict[str, str]) -> bytes:
        self.reporter.record(environ["onduty.account"], environ["REMOTE_USER"])
        return self.application(environ)


@asynccontextmanager
async def lifespan(target: str) -> AsyncIterator[AsyncActivityReporter]:
    """For an asyncio framework (ASGI), which enters this when it starts and leaves it when it stops."""
    async with AsyncActivityReporter(target, interval=0.5, on_error=print) as reporter:
        yield reporter
    # Leaving has sent what was pending.


# --- do they work? ---------------------------------------------------------------------------------------------------


async def test_a_routing_engine(server: ScriptedServer) -> None:
    routing = asyncio.create_task(asyncio.to_thread(route, server.target, "acme", ["ann", "bob", "zoe"]))
    stream = await server.service.stream()
    stream.send(page([user("ann", since=2_000), user("bob", AWAY), user("zoe")]), bookmark())
    assert await routing == ("zoe", ["ann", "zoe"])


def test_a_router_in_memory() -> None:
    client = FakeClient()
    client.service.set_status("acme", "ann", Status.ONLINE)
    with ScriptedMirror("acme") as mirror:
        assert next_agent(mirror) is None
        mirror.set_status("zoe", Status.ONLINE, since=mirror.now - timedelta(minutes=5))
        mirror.set_status("bob", Status.ONLINE)
        assert next_agent(mirror) == "zoe"
        assert not may_take_case(mirror, client, "ann") and client.calls == []
        mirror.set_stale(10.0)
        assert may_take_case(mirror, client, "ann") and len(client.calls) == 1


def test_a_middleware_in_memory() -> None:
    with FakeReporter() as reporter:
        application = ActivityMiddleware(lambda environ: b"hello", reporter)
        assert application({"onduty.account": "acme", "REMOTE_USER": "ann"}) == b"hello"
    assert reporter.recorded == [RecordedActivity("acme", "ann")]


async def test_a_router_that_asks_the_server_while_its_mirror_is_cut_off(server: ScriptedServer) -> None:
    server.service.script(pb.GetStatusResponse(user_status=user("ann")))
    with Client(server.target) as client, AvailabilityMirror(server.target, "acme") as mirror:
        assert await asyncio.to_thread(may_take_case, mirror, client, "ann")
    assert server.service.last.method == "GetStatus"


async def test_a_live_view(server: ScriptedServer) -> None:
    shown: list[dict[str, str]] = []
    following = asyncio.create_task(follow(server.target, "acme", lambda statuses: shown.append(dict(statuses))))
    stream = await server.service.stream()
    stream.send(page([user("ann")]), bookmark(), changes(change("ann", AWAY, 2), change("bob", ONLINE, 3)))
    await until(lambda: len(shown) == 3)
    assert shown[-1] == {"ann": "AWAY", "bob": "ONLINE"}
    following.cancel()
    await asyncio.wait([following])


async def test_a_synchronous_backend_that_reports(server: ScriptedServer) -> None:
    server.service.acknowledging = True
    with ActivityReporter(server.target) as reporter:
        application = ActivityMiddleware(lambda environ: b"hello", reporter)
        assert application({"onduty.account": "acme", "REMOTE_USER": "ann"}) == b"hello"
    assert [activity.user_id for message in server.service.messages for activity in message.activities] == ["ann"]


async def test_an_asyncio_backend_that_reports(server: ScriptedServer) -> None:
    server.service.acknowledging = True
    async with lifespan(server.target) as reporter:
        reporter.record("acme", "ann")
    assert reporter.stats.acknowledged == 1

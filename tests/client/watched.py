"""What a server sends to a watch, and either mirror behind one face, for tests of mirrors."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from tests.client.scripted import ScriptedService, ScriptedStream

from onduty.v1 import status_pb2 as pb
from onduty_client import AsyncAvailabilityMirror, AvailabilityMirror, MirrorEvent
from onduty_client._clock import steady

PATIENCE_S = 20.0
"""How long anything may take that is sure to happen."""

SERVER_AHEAD_S = 1_000_000_000
"""The server's clock and ours are years apart, which must not matter."""

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE

Mirror: TypeAlias = AvailabilityMirror | AsyncAvailabilityMirror

_tokens = itertools.count(1)


def server_now() -> float:
    """Seconds since 1970 by the server's clock."""
    return SERVER_AHEAD_S + steady()


def at(seconds: float) -> Timestamp:
    return Timestamp(seconds=int(seconds), nanos=int(seconds % 1 * 1e9))


def user(
    user_id: str,
    status: pb.Status.ValueType = ONLINE,
    *,
    revision: int = 1,
    since: float = 1_000,
    reason: str = "",
    team_id: str = "",
    actor: str = "",
) -> pb.UserStatus:
    return pb.UserStatus(
        account_id="acme",
        user_id=user_id,
        status=status,
        available=status == ONLINE,
        cause=pb.CAUSE_MANUAL,
        status_since=at(since),
        reason=reason,
        actor=actor,
        revision=revision,
        team_id=team_id,
    )


def page(
    users: Iterable[pb.UserStatus] = (),
    *,
    first: bool = True,
    last: bool = True,
    token: str | None = None,
    team_workflows: Iterable[pb.Workflow] = (),
) -> pb.WatchStatusesResponse:
    workflow = pb.Workflow(account_id="acme", enabled=True, away_after=Duration(seconds=600), etag="w0")
    snapshot = pb.StatusSnapshot(
        first=first,
        last=last,
        user_statuses=users,
        workflow=workflow if first else None,
        team_workflows=team_workflows,
    )
    return pb.WatchStatusesResponse(resume_token=token or f"page-{next(_tokens)}", snapshot=snapshot)


def change(
    user_id: str,
    status: pb.Status.ValueType,
    revision: int,
    *,
    previous: pb.Status.ValueType = pb.STATUS_UNSPECIFIED,
    effective: float = 2_000,
    team_id: str = "",
) -> pb.WatchedChange:
    status_change = pb.StatusChange(
        account_id="acme",
        user_id=user_id,
        revision=revision,
        previous_status=previous,
        status=status,
        cause=pb.CAUSE_MANUAL,
        effective_time=at(effective),
        commit_time=at(effective),
        actor="sue",
        reason=f"r{revision}",
        team_id=team_id,
    )
    return pb.WatchedChange(status_change=status_change)


def workflow_change(revision: int, *, enabled: bool, team_id: str = "", deleted: bool = False) -> pb.WatchedChange:
    workflow = pb.Workflow(account_id="acme", enabled=enabled, etag=f"w{revision}", team_id="" if deleted else team_id)
    return pb.WatchedChange(
        workflow_change=pb.WorkflowChange(revision=revision, workflow=workflow, team_id=team_id, deleted=deleted)
    )


def user_change(user_id: str, revision: int, **fields: Any) -> pb.WatchedChange:
    """A rename or a move, unless `erased`."""
    return pb.WatchedChange(
        user_change=pb.UserChange(
            account_id="acme", user_id=user_id, revision=revision, change_time=at(2_000), **fields
        )
    )


def changes(*watched: pb.WatchedChange, token: str | None = None) -> pb.WatchStatusesResponse:
    return pb.WatchStatusesResponse(
        resume_token=token or f"changes-{next(_tokens)}", changes=pb.WatchedChanges(changes=watched)
    )


def bookmark(until: float | None = None, *, token: str | None = None) -> pb.WatchStatusesResponse:
    """As of now, unless told otherwise."""
    return pb.WatchStatusesResponse(
        resume_token=token or f"bookmark-{next(_tokens)}",
        bookmark=pb.Bookmark(effective_until=at(server_now() if until is None else until)),
    )


@asynccontextmanager
async def bookmarking(stream: ScriptedStream) -> AsyncIterator[None]:
    """Bookmarks every fifth of a second, the first one at once."""

    async def forever() -> None:
        while True:
            stream.send(bookmark())
            await asyncio.sleep(0.2)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(found: Callable[[], bool], timeout: float = PATIENCE_S) -> None:
    """Wait for something that another thread brings about."""
    async with asyncio.timeout(timeout):
        while not found():  # noqa: ASYNC110 - Another thread sets no event of this loop.
            await asyncio.sleep(0.002)


class MirrorDriver:
    """Either mirror; what one awaits and the other blocks for is awaited here. Reading is the same anyway."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror

    async def start(self) -> None:
        await self._do("start")

    async def wait_ready(self, timeout: float | None = PATIENCE_S) -> None:
        await self._do("wait_ready", timeout)

    async def close(self) -> None:
        await self._do("close")

    async def take(self, changes: Any, count: int) -> list[MirrorEvent]:
        """The next events of what `changes` of the mirror answered, fewer if it ends."""
        if isinstance(self.mirror, AvailabilityMirror):
            return await asyncio.to_thread(lambda: list(itertools.islice(changes, count)))
        events: list[MirrorEvent] = []
        while len(events) < count and (event := await anext(changes, None)) is not None:
            events.append(event)
        return events

    async def _do(self, method: str, *arguments: Any) -> None:
        if isinstance(self.mirror, AvailabilityMirror):
            await asyncio.to_thread(getattr(self.mirror, method), *arguments)
        else:
            await getattr(self.mirror, method)(*arguments)


MakeMirror: TypeAlias = Callable[..., Awaitable[MirrorDriver]]


async def began(driver: MirrorDriver, service: ScriptedService, *users: Any) -> ScriptedStream:
    """The stream of a mirror that has got a snapshot with these users, and a bookmark."""
    stream = await service.stream()
    stream.send(page(users), bookmark())
    await driver.wait_ready()
    return stream

"""Sessions, engagements and statuses with an end, as programs would use them. Type-checked with everything else."""

import logging
from collections.abc import Awaitable, Iterable
from datetime import UTC, datetime, timedelta

import pytest

from onduty_client import (
    ActivityReporter,
    AsyncClient,
    Cause,
    Client,
    LeaseAction,
    LimitExceeded,
    PermissionRequired,
    RejectedLease,
    Status,
    Then,
    Unavailable,
    UserStatus,
)
from onduty_client.testing import FakeAsyncClient, FakeClient, FakeReporter, FakeService, RecordedLease

log = logging.getLogger("example")

# --- a phone system: who is on the phone is busy, not idle -----------------------------------------------------------


async def connect_call(client: AsyncClient, account_id: str, user_id: str, call_id: str, talk: Awaitable[None]) -> None:
    """Whatever becomes of the server, the call goes on: only a refusal is raised, and only at the beginning."""
    async with client.engagement(account_id, user_id, call_id):
        await talk


def take_case(client: Client, account_id: str, chats_at_once: int) -> str | None:
    """A router of chats: whoever has been waiting for longest and still has a hand free."""
    free = client.available_users(account_id, limit=1, max_engagements=chats_at_once)
    return free.user_statuses[0].user_id if free.user_statuses else None


# --- a program on somebody's desk ------------------------------------------------------------------------------------


def work(client: Client, account_id: str, user_id: str, station: str, keys: Iterable[str]) -> int:
    """The session says that the program runs; only the keys say that somebody is there."""
    pressed = 0
    with client.session(account_id, user_id, station, idle_for=timedelta(0)) as session:
        for _ in keys:
            session.active()
            pressed += 1
        if session.lost is not None:
            log.warning("%s was not seen at %s: %s", user_id, station, session.lost)
    return pressed


# --- a gateway that holds the web sockets of many --------------------------------------------------------------------


class Gateway:
    """Each method is called by the event loop that serves the sockets, and takes it some microseconds."""

    def __init__(self, reporter: ActivityReporter, account_id: str) -> None:
        self.reporter = reporter
        self.account_id = account_id

    def heard(self, user_id: str, tab: str, idle_ms: int) -> None:
        """A browser reports once a minute, with the time since its last input: its clock does not matter."""
        self.reporter.keep_session(self.account_id, user_id, tab, idle_for=timedelta(milliseconds=idle_ms))

    def closed(self, user_id: str, tab: str) -> None:
        """Only this tab is gone. Whether the user is, disconnect_after decides."""
        self.reporter.end_session(self.account_id, user_id, tab)


def note_refusal(rejected: RejectedLease) -> None:
    """Somebody who was never seen, or has too many."""
    log.warning("%s of %s: %s", rejected.action, rejected.user_id, rejected.error)


# --- a status with an end --------------------------------------------------------------------------------------------


def lunch_until(client: Client, account_id: str, user_id: str, end: datetime) -> str:
    """Back by themselves, if somebody is at the keys by then."""
    user = client.set_status(account_id, user_id, Status.AWAY, reason="lunch", until=end)
    return describe(user)


def half_an_hour_of_quiet(client: Client, account_id: str, user_id: str) -> str:
    """Back for certain: a meeting that takes half an hour."""
    return describe(client.set_status(account_id, user_id, Status.AWAY, ttl=timedelta(minutes=30), then=Then.ONLINE))


def describe(user: UserStatus) -> str:
    """A line for a page."""
    words = f"{user.status}"
    if user.cause is Cause.DISCONNECT:
        words += ", not connected"
    if user.expire_time is not None:
        words += f" until {user.expire_time:%H:%M}"
    if user.engagements:
        words += f", on {user.engagements} calls"
    return words


# --- do they work? ---------------------------------------------------------------------------------------------------


async def test_a_phone_system() -> None:
    client = FakeAsyncClient()
    client.service.set_status("acme", "ada", Status.ONLINE)
    seen: list[int] = []

    async def talk() -> None:
        client.service.now += timedelta(minutes=40)
        seen.append((await client.get_status("acme", "ada")).engagements)

    await connect_call(client, "acme", "ada", "call-1", talk())
    assert seen == [1] and (await client.get_status("acme", "ada")).engagements == 0
    # The server is away: the call goes on.
    client.fail(Unavailable("down"), "engagement")
    await connect_call(client, "acme", "ada", "call-2", talk())
    assert seen == [1, 0]
    client.fail(LimitExceeded("20 engagements"), "engagement")
    hung_up = talk()
    with pytest.raises(LimitExceeded):
        await connect_call(client, "acme", "ada", "call-3", hung_up)
    hung_up.close()


def test_a_router_of_chats() -> None:
    client = FakeClient()
    for user_id in ("ada", "ben"):
        client.service.set_status("acme", user_id, Status.ONLINE)
    assert take_case(client, "acme", 1) == "ada"
    client.keep_engagement("acme", "ada", "chat-1")
    assert take_case(client, "acme", 1) == "ben"
    assert take_case(client, "acme", 2) == "ada"


def test_a_program_on_a_desk(caplog: pytest.LogCaptureFixture) -> None:
    client = FakeClient()
    assert work(client, "acme", "ada", "desk-7", "keys") == 4
    ada = client.get_status("acme", "ada")
    assert (ada.status, ada.connected) == (Status.ONLINE, False)
    client.fail(Unavailable("down"), "session")
    assert work(client, "acme", "ada", "desk-7", "keys") == 4
    assert "ada was not seen at desk-7: down" in caplog.text


def test_a_gateway(caplog: pytest.LogCaptureFixture) -> None:
    service = FakeService()
    with FakeReporter(service, on_lease_error=note_refusal) as reporter:
        gateway = Gateway(reporter, "acme")
        gateway.heard("ada", "tab-1", 1_500)
        assert service.statuses("acme")[0].connected
        gateway.closed("ada", "tab-1")
        reporter.reject(PermissionRequired("may not"))
        gateway.heard("ben", "tab-2", 0)
    assert reporter.leases[0] == RecordedLease(
        LeaseAction.KEEP_SESSION, "acme", "ada", "tab-1", idle_for=timedelta(seconds=1.5)
    )
    assert not service.statuses("acme")[0].connected
    assert "KEEP_SESSION of ben: may not" in caplog.text


def test_a_lunch() -> None:
    client = FakeClient(actor="ada")
    client.service.now = noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    client.update_workflow("acme", enabled=True, disconnect_after=timedelta(minutes=1))
    client.record_activity("acme", "ada")
    assert lunch_until(client, "acme", "ada", noon + timedelta(minutes=30)) == "AWAY until 12:30"
    client.keep_session("acme", "ada", "tab")
    client.end_session("acme", "ada", "tab")
    client.service.now += timedelta(minutes=2)
    # Her own status is underneath, and so is its end.
    assert describe(client.get_status("acme", "ada")) == "OFFLINE, not connected until 12:30"
    client.record_activity("acme", "ada")
    assert describe(client.get_status("acme", "ada")) == "AWAY until 12:30"
    client.service.now = noon + timedelta(minutes=30)
    assert describe(client.get_status("acme", "ada")) == "ONLINE"
    assert half_an_hour_of_quiet(client, "acme", "ada") == "AWAY until 13:00"
    client.keep_engagement("acme", "ada", "call")
    client.service.now += timedelta(minutes=45)
    assert describe(client.get_status("acme", "ada")) == "ONLINE, on 1 calls"

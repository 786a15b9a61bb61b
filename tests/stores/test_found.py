"""A user who was found shows what a look at the record shows at that instant, whatever the disk does meanwhile.

So do those who are found by a request for available users, who are those whom the index has at that instant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stores.held_site import Site, opened, turns
from tests.stores.site import ACCOUNT, MINUTE, SECOND

from onduty_server.app.limits import HEARTBEAT_VALID_MS
from onduty_server.app.ports.statuses import AvailabilityOrder, FoundAvailable, FoundUser
from onduty_server.app.service import StatusService
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Status, Then

PEOPLE = ("ada", "ben")
BEAT_MS = HEARTBEAT_VALID_MS // 2
Act = Callable[[StatusService, str], Awaitable[object]]
ACTS: dict[str, Act] = {
    "activity": lambda s, user: s.record_activity(ACCOUNT, user),
    "online": lambda s, user: s.set_status(ACCOUNT, user, Status.ONLINE, actor="ben", reason="shift"),
    "away": lambda s, user: s.set_status(ACCOUNT, user, Status.AWAY, actor="kim", reason="lunch"),
    "for another reason": lambda s, user: s.set_status(ACCOUNT, user, Status.AWAY, actor="kim", reason="tea"),
    "until": lambda s, user: s.set_status(ACCOUNT, user, Status.AWAY, ttl_ms=30 * SECOND, then=Then.ONLINE),
    "session": lambda s, user: s.keep_session(ACCOUNT, user, "tab", 30 * SECOND, SECOND),
    "no session": lambda s, user: s.end_session(ACCOUNT, user, "tab"),
    "call": lambda s, user: s.keep_engagement(ACCOUNT, user, "case", 20 * SECOND),
    "name": lambda s, user: s.update_user(ACCOUNT, user, {"display_name": "Ada L."}),
    "team": lambda s, user: s.update_user(ACCOUNT, user, {"team_id": "tea"}),
    "no team": lambda s, user: s.update_user(ACCOUNT, user, {"team_id": ""}),
    "workflow": lambda s, _: s.update_workflow(ACCOUNT, {"away_after_ms": 40 * SECOND}),
    "disconnecting": lambda s, _: s.update_workflow(ACCOUNT, {"disconnect_after_ms": 40 * SECOND}),
    "of the team": lambda s, _: s.update_workflow(ACCOUNT, {"away_after_ms": 20 * SECOND}, team_id="tea"),
    "erased": lambda s, user: s.delete_user(ACCOUNT, user),
    "all erased": lambda s, _: s.delete_account(ACCOUNT),
}
DISK = ("hold", "write", "release", "fail", "heal", "beat", "flush", "sweep")
Request = tuple[AvailabilityOrder, int, int, str]
REQUESTS: list[Request] = [
    (AvailabilityOrder.LONGEST_AVAILABLE, 1, 0, ""),
    (AvailabilityOrder.LONGEST_AVAILABLE, 2, 0, "tea"),
    (AvailabilityOrder.LONGEST_AVAILABLE, 2, 1, ""),
    (AvailabilityOrder.LONGEST_IDLE, 1, 0, ""),
]
walks = st.lists(
    st.tuples(
        st.sampled_from([*ACTS, *DISK, *DISK]),
        st.sampled_from(PEOPLE),
        st.sampled_from([0, 0, 1, 999, SECOND, 10 * SECOND, HEARTBEAT_VALID_MS, MINUTE]),
    ),
    max_size=30,
)


class Found:
    """The users of a store who were found, some of whom are erased by now, held against `peek`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._users: list[FoundUser] = []
        self._asked: list[tuple[Request, FoundAvailable]] = []
        self.answered = self.available = 0

    def compare(self) -> None:
        """Ask about everybody, and find those anew who can be found."""
        self.compare_available()
        for user_id in PEOPLE:
            if (user := self._site.store.immediate.find(ACCOUNT, user_id)) is not None:
                self._users = [*self._users[-8:], user]
        for user in self._users:
            if user.peek():
                self._check(user)
        self.compare_batch()

    def compare_batch(self) -> None:
        """Ask about all at once."""
        immediate = self._site.store.immediate
        found = immediate.find_all(ACCOUNT, PEOPLE)
        if found is None:
            return
        for user_id, each in zip(PEOPLE, found, strict=True):
            if isinstance(each, FoundUser):
                self._check(each)
            assert (each if isinstance(each, StatusView) else _shown(each)) == immediate.peek(ACCOUNT, user_id)

    def compare_available(self) -> None:
        """Ask for those available, and hold what is answered against the index as it is then."""
        store = self._site.store
        # Those asked before come first, since whoever asks anew, or asks the index, finds those who are due.
        answered = [
            (request, asked, [user.user_id for user in asked.users], asked.total)
            for request, asked in self._asked
            if asked.peek()
        ]
        account = store._registry.accounts.get(ACCOUNT)
        was_quiet = account is not None and account.is_quiet(self._site.clock.now())
        overdue = set() if account is None else set(account.overdue)
        for request, asked, user_ids, total in answered:
            found = store._reads.available_now(ACCOUNT, *request)
            assert found is not None, "it would have had to wait"
            assert (user_ids, total) == ([record.user_id for record in found[0]], found[1])
            for user in asked.users:
                self._check(user)
            self.available += 1
        for request in REQUESTS:
            if (asked_anew := store.immediate.find_available(ACCOUNT, *request)) is not None:
                self._asked = [*self._asked[-16:], (request, asked_anew)]
        if was_quiet:
            assert account is not None and set(account.overdue) == overdue, "nobody was due"

    def touch(self, user_id: str) -> None:
        """Record an activity through everybody of this id."""
        for user in self._users:
            if user.user_id == user_id and user.touch():
                assert user.last_activity == self._site.clock.now()
                self._check(user)

    def _check(self, user: FoundUser) -> None:
        assert _shown(user) == self._site.store.immediate.peek(ACCOUNT, user.user_id)
        self.answered += 1


def _shown(user: FoundUser) -> StatusView:
    return user.frame._replace(last_activity=user.last_activity, next_status_time=user.next_status_time)


async def elapse(site: Site, ms: int, calls: list[asyncio.Future[object]]) -> None:
    """Let time go by, with the heartbeats of a server, which reach the disk if that takes anything."""
    while ms > 0:
        step_ms = min(ms, BEAT_MS)
        site.clock.advance(step_ms)
        ms -= step_ms
        if step_ms == BEAT_MS:
            calls.append(asyncio.ensure_future(site.store.heartbeat()))
            await turns()


def take(site: Site, step: str, user_id: str, calls: list[asyncio.Future[object]]) -> None:
    """Take a step of `ACTS` or `DISK`; what it begins is appended to `calls`."""
    journal, store = site.journal, site.store
    if step in ACTS:
        calls.append(asyncio.ensure_future(ACTS[step](site.service, user_id)))
    elif step == "beat":
        calls.append(asyncio.ensure_future(store.heartbeat()))
    elif step == "flush":
        calls.append(asyncio.ensure_future(store._clocks.flush()))
    elif step == "sweep":
        calls.append(asyncio.ensure_future(store.settle_due(100)))
    elif journal.failing == (step == "heal"):
        getattr(journal, step)()


async def walk(steps: list[tuple[str, str, int]]) -> int:
    """Take the steps; return how many answers were compared."""
    site = await opened(flush_interval_ms=5 * SECOND)
    found, calls = Found(site), list[asyncio.Future[object]]()
    journal, store = site.journal, site.store
    found.compare()
    for step, user_id, then_ms in steps:
        take(site, step, user_id, calls)
        if then_ms:
            found.compare()
        await turns()
        found.touch(user_id)
        found.compare()
        await elapse(site, then_ms, calls)
        found.compare()
    if journal.failing:
        journal.heal()
    journal.release()
    await turns()
    found.compare()
    await asyncio.gather(*calls, return_exceptions=True)
    await store.close()
    found.compare()
    return found.answered


@settings(max_examples=80, deadline=None)
@given(walks)
def test_a_found_user_shows_what_a_look_shows(steps: list[tuple[str, str, int]]) -> None:
    asyncio.run(walk(steps))


def test_users_who_are_found_stay_found_while_nothing_is_on_its_way_to_the_disk() -> None:
    assert asyncio.run(walk([("beat", "ada", SECOND)] * 5)) > 50


async def test_an_activity_is_not_answered_with_the_name_of_somebody_who_was_erased_since() -> None:
    site = await opened()
    await site.service.set_status(ACCOUNT, "ada", Status.ONLINE, actor="ben", reason="shift")
    ada = site.store.immediate.find(ACCOUNT, "ada")
    assert ada is not None and ada.peek() and ada.frame.actor == "ben"
    await site.service.delete_user(ACCOUNT, "ben")
    assert ada.touch() and not ada.frame.actor
    await site.store.close()

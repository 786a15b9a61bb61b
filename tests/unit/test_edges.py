"""The edges of sessions and engagements: they alternate, fit the record, and add up to the time that leases lived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.builders import HOUR, MINUTE, SECOND
from tests.unit.strategies import pauses, periods

from onduty_server.domain import rules
from onduty_server.domain.edges import lease_edges
from onduty_server.domain.layers import unpack
from onduty_server.domain.record import Decision, LeaseEdge, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import State, Status
from onduty_server.domain.tallies import CONNECTED, ENGAGED, Key
from onduty_server.domain.workflow import Workflow

START = 100 * HOUR
TEAMS = ("", "day", "night")


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    return Workflow(
        enabled=draw(st.booleans()),
        away_after_ms=draw(periods) or 5 * SECOND,
        offline_after_ms=draw(periods),
        disconnect_after_ms=draw(periods),
        disconnect_status=draw(st.sampled_from([Status.AWAY, Status.OFFLINE])),
        # Of one that comes into force while they live, clocks restart at a move.
        enabled_time=START + draw(st.sampled_from([0, 0, 5, 15])) * SECOND,
    )


class Lived:
    """A user, the edges of its decisions, and by another way when its leases lived and where it was."""

    def __init__(self, policies: dict[str, Policy]) -> None:
        self.policies = policies
        self.now = START
        self.record = UserRecord("ada", State.ONLINE_BY_HAND, START, None, START, revision=1)
        self.edges: list[LeaseEdge] = []
        self.ends: dict[tuple[int, str], int] = {}
        """By kind and id: when the lease ended or will end."""
        self.spells: list[tuple[int, int, int]] = []
        """Kind, beginning and end of times in which one lease lived, except the present ones."""
        self.begins: dict[tuple[int, str], int] = {}
        self.moves: list[tuple[int, str]] = [(0, "")]

    @property
    def policy(self) -> Policy:
        return self.policies[self.record.profile.team_id]

    def take(self, decision: Decision) -> None:
        if decision.edges:
            assert decision.durable, "an edge has to be written with the layers"
        self.edges += decision.edges
        self.record = decision.record

    def keep(self, kind: int, lease_id: str, ttl_ms: int) -> None:
        if kind == CONNECTED:
            args = {"session_id": lease_id, "ttl_ms": ttl_ms, "now": self.now}
            self.take(rules.keep_session(self.record, self.policy, activity_time=None, **args))  # type: ignore[arg-type]
        else:
            self.take(
                rules.keep_engagement(self.record, self.policy, engagement_id=lease_id, ttl_ms=ttl_ms, now=self.now)
            )
        if self.ends.get((kind, lease_id), 0) <= self.now:
            self._close(kind, lease_id, self.now)
            self.begins[kind, lease_id] = self.now
        self.ends[kind, lease_id] = self.now + ttl_ms

    def end(self, kind: int, lease_id: str) -> None:
        if kind == CONNECTED:
            self.take(rules.end_session(self.record, self.policy, session_id=lease_id, now=self.now))
        else:
            self.take(rules.end_engagement(self.record, self.policy, engagement_id=lease_id, now=self.now))
        self._close(kind, lease_id, self.now)

    def _close(self, kind: int, lease_id: str, now: int) -> None:
        if (kind, lease_id) in self.begins:
            begin, end = self.begins.pop((kind, lease_id)), self.ends.pop((kind, lease_id))
            self.spells.append((kind, begin, min(end, now)))

    def move(self, team_id: str) -> None:
        target = self.policies[team_id]
        self.take(rules.update_profile(self.record, self.policy, target, {"team_id": team_id}, self.now))
        self.moves.append((self.now, team_id))

    def erase(self) -> None:
        settled = rules.settle(self.record, self.policy, self.now)
        self.edges += lease_edges(settled.record, UserRecord(""), self.now)
        for kind, lease_id in list(self.begins):
            self._close(kind, lease_id, self.now)
        self.record = UserRecord("")

    def check(self) -> None:
        """Assert that edges alternate in the order of times, and that more have begun if there is any such lease."""
        layers = unpack(self.record.layers)
        for kind, leases in ((CONNECTED, layers.sessions), (ENGAGED, layers.engagements)):
            edges = [edge for edge in self.edges if edge.key.code == kind]
            assert [edge.begins for edge in edges] == [bool(n % 2 == 0) for n in range(len(edges))]
            assert [edge.time for edge in edges] == sorted(edge.time for edge in edges)
            assert all(edge.time <= self.now for edge in edges)
            assert len(edges) % 2 == bool(leases)
            if leases:
                assert edges[-1].key == Key(kind, self.record.profile.team_id)

    def told(self, until: int) -> Counter[Key]:
        """The time with each key, as reports find it: the edges, and the end that follows from the record."""
        found: Counter[Key] = Counter()
        for edge in self.edges:
            found[edge.key] += (until - edge.time) if edge.begins else (edge.time - until)
        layers, team_id = unpack(self.record.layers), self.record.profile.team_id
        for kind, end in ((CONNECTED, layers.session_end), (ENGAGED, layers.engaged_until)):
            if end:
                found[Key(kind, team_id)] -= until - min(end, until)
        return +found

    def lived(self, until: int) -> Counter[Key]:
        """The time in which any lease lived, in each team, millisecond by millisecond in steps of their changes."""
        spells = list(self.spells)
        spells += [(kind, begin, min(self.ends[kind, it], until)) for (kind, it), begin in self.begins.items()]
        times = sorted({until, *(t for _, a, b in spells for t in (a, b)), *(at for at, _ in self.moves)})
        found: Counter[Key] = Counter()
        for begin, end in pairwise(times):
            team_id = [team for at, team in self.moves if at <= begin][-1]
            for kind in {kind for kind, a, b in spells if a <= begin and end <= b}:
                found[Key(kind, team_id)] += end - begin
        return found


def after(lived: Lived, steps: Iterable[tuple[int, int, str, str, int]]) -> Lived:
    for pause, what, lease_id, team_id, ttl in steps:
        lived.now += pause
        kind = (CONNECTED, ENGAGED)[what % 2]
        if what < 6:
            lived.keep(kind, lease_id, ttl)
        elif what < 8:
            lived.end(kind, lease_id)
        elif what == 8:
            lived.move(team_id)
        elif what == 9:
            decision = rules.record_activity(lived.record, lived.policy, activity_time=lived.now, now=lived.now)
            lived.take(decision)
        elif what == 10:
            lived.take(rules.settle(lived.record, lived.policy, lived.now))
        else:
            status = list(Status)[ttl % 3]
            lived.take(
                rules.set_status(
                    lived.record,
                    lived.policy,
                    status=status,
                    now=lived.now,
                    actor="kim",
                    reason="",
                    expected_revision=None,
                    expire_time=lived.now + ttl if pause % 2 else None,
                )
            )
        lived.check()
    return lived


histories = st.lists(
    st.tuples(
        pauses,
        st.integers(0, 11),
        st.sampled_from("ab"),
        st.sampled_from(TEAMS),
        st.sampled_from([1, 500, 1_000, 1_500, 3_000, 6_000]),
    ),
    max_size=40,
)


@given(st.tuples(workflows(), workflows(), workflows()), histories, pauses, st.booleans())
def test_edges_alternate_and_add_up_to_the_time_in_which_any_lease_lived(
    of_teams: tuple[Workflow, ...], history: list[tuple[int, int, str, str, int]], later: int, erased: bool
) -> None:
    policies = {team_id: Policy(workflow) for team_id, workflow in zip(TEAMS, of_teams, strict=True)}
    lived = after(Lived(policies), history)
    lived.now += later
    if erased:
        lived.erase()
        lived.check()
    assert lived.told(lived.now) == lived.lived(lived.now)


@pytest.mark.parametrize("kind", [CONNECTED, ENGAGED])
def test_a_lease_that_is_only_kept_makes_no_edge(kind: int) -> None:
    lived = Lived({"": Policy()})
    for _ in range(10):
        lived.keep(kind, "laptop", 2 * MINUTE)
        lived.now += MINUTE
    lived.keep(kind, "phone", 2 * MINUTE)
    assert lived.edges == [LeaseEdge(Key(kind), START, True)]


def test_whatever_else_changes_once_a_session_has_ended_is_no_edge() -> None:
    lived = Lived({"": Policy()})
    lived.keep(CONNECTED, "laptop", MINUTE)
    lived.end(CONNECTED, "laptop")
    lived.now += MINUTE
    lived.take(
        rules.set_status(
            UserRecord("kim", State.ONLINE_BY_HAND, START, None, START, layers=lived.record.layers),
            # By this policy the session that has ended stays where it is.
            Policy(floor=lived.now + 1),
            status=Status.AWAY,
            now=lived.now,
            actor="kim",
            reason="",
            expected_revision=None,
            expire_time=lived.now + HOUR,
        )
    )
    assert unpack(lived.record.layers).sessions
    assert [edge.begins for edge in lived.edges] == [True]


def test_a_session_that_ran_out_is_ended_at_its_end_once_the_next_one_begins() -> None:
    lived = Lived({"": Policy()})
    lived.keep(CONNECTED, "laptop", MINUTE)
    lived.now += 3 * MINUTE
    lived.keep(CONNECTED, "laptop", MINUTE)
    assert lived.edges[1:] == [
        LeaseEdge(Key(CONNECTED), START + MINUTE, False),
        LeaseEdge(Key(CONNECTED), START + 3 * MINUTE, True),
    ]


def test_a_move_ends_what_is_open_in_the_former_team_and_begins_it_in_the_new_one() -> None:
    lived = Lived({"": Policy(), "day": Policy()})
    lived.keep(CONNECTED, "laptop", HOUR)
    lived.keep(ENGAGED, "call", MINUTE)
    lived.now += 5 * MINUTE
    lived.move("day")
    assert lived.edges[2:] == [
        LeaseEdge(Key(CONNECTED), START + 5 * MINUTE, False),
        LeaseEdge(Key(CONNECTED, "day"), START + 5 * MINUTE, True),
        LeaseEdge(Key(ENGAGED), START + MINUTE, False),
        LeaseEdge(Key(ENGAGED, "day"), START + MINUTE, True),
    ]


def test_a_move_that_restarts_clocks_makes_nobody_connected_for_longer() -> None:
    """The end of a session that has ended is put off to the move, by which the switch comes on for the user."""
    switched_on = Workflow(
        enabled=True, away_after_ms=HOUR, disconnect_after_ms=MINUTE, enabled_time=1, thresholds_since=1
    )
    lived = Lived({"": Policy(), "day": Policy(switched_on)})
    lived.keep(CONNECTED, "laptop", MINUTE)
    lived.now += 5 * MINUTE
    lived.move("day")
    assert unpack(lived.record.layers).session_end == lived.now
    assert lived.told(lived.now + HOUR) == {Key(CONNECTED): MINUTE}

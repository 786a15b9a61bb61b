"""Where a user stands, told from what is shown: the states in which the user is are always among those named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from tests.unit.builders import MINUTE, workflow

from onduty_server.domain import rules
from onduty_server.domain.layers import Layers, Lease, unpack
from onduty_server.domain.machine import UNTIL_STATES
from onduty_server.domain.record import StatusView, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.standing import Standing, standing
from onduty_server.domain.status import OWN_STATES, Cause, Connection, Resume, State, Status, Then
from onduty_server.domain.workflow import Workflow

NOW = 1_760_000_000_000
WORKFLOWS = [
    replace(
        workflow(away=away, offline=offline, enabled=enabled, keep_manual_away=keep, resume=Resume.NEVER),
        disconnect_after_ms=disconnect,
        disconnect_status=status,
    )
    for away, offline, disconnect, status, enabled, keep in product(
        (10 * MINUTE, None),
        (30 * MINUTE, None),
        (MINUTE, 20 * MINUTE, None),
        (Status.AWAY, Status.OFFLINE),
        (True, False),
        (True, False),
    )
]


def users() -> Iterator[UserRecord]:
    """Users in every state of both machines, with and without sessions and engagements, at several distances."""
    for state, connection, idle, ended, engaged, then in product(
        (state for state in OWN_STATES if state is not State.UNSEEN),
        Connection,
        (0, 5 * MINUTE, 25 * MINUTE),
        (-2 * MINUTE, 5 * MINUTE),
        (None, 15 * MINUTE),
        Then,
    ):
        if (then is not Then.AUTOMATIC and state not in UNTIL_STATES) or (
            connection in (Connection.AWAY, Connection.OFFLINE) and ended < 0
        ):
            continue
        layers = Layers(
            connection,
            NOW + 8 * MINUTE if state in UNTIL_STATES else None,
            then if state in UNTIL_STATES else None,
            () if connection is Connection.UNTRACKED else (Lease("web", NOW - ended),),
            () if engaged is None else (Lease("call", NOW + engaged),),
        )
        yield UserRecord("ada", state, NOW - idle, NOW - idle, NOW - idle, revision=1, layers=layers.pack())


def stands(view: StatusView, of: Workflow) -> Standing:
    return standing(
        of,
        status=view.status,
        cause=view.cause,
        has_end=view.expire_time is not None,
        connected=view.connected,
        next_cause=view.next_cause,
    )


def test_the_true_states_are_among_those_named_and_what_is_shown_is_certain() -> None:
    certain = hidden = 0
    for of, user in product(WORKFLOWS, users()):
        policy = Policy(of)
        view = rules.view(user, policy, NOW)
        found = stands(view, of)
        settled = rules.settle(user, policy, NOW).record
        assert settled.state in found.own, (user, of)
        assert unpack(settled.layers).connection in found.connection, (user, of)
        if view.cause is Cause.DISCONNECT:
            assert len(found.connection) == 1
            hidden += 1
        else:
            assert len(found.own) == 1
            certain += 1
        if view.connected:
            assert found.connection == {Connection.CONNECTED}
    assert certain > 10_000 and hidden > 5_000


def test_an_end_tells_what_lies_under_a_disconnection() -> None:
    of = WORKFLOWS[0]
    found = standing(
        of, status=Status.AWAY, cause=Cause.DISCONNECT, has_end=True, connected=False, next_cause=Cause.EXPIRY
    )
    assert found == Standing(frozenset((State.ONLINE_UNTIL,)), frozenset((Connection.AWAY,)))


def test_a_disconnection_ahead_tells_that_there_was_a_session() -> None:
    of = replace(workflow(away=10 * MINUTE), disconnect_after_ms=MINUTE)
    shown = {"status": Status.ONLINE, "cause": Cause.ACTIVITY, "has_end": False, "connected": False}
    ahead = {cause: standing(of, **shown, next_cause=cause) for cause in (None, Cause.INACTIVITY, Cause.DISCONNECT)}  # type: ignore[arg-type]
    assert ahead[Cause.DISCONNECT].connection == {Connection.CONNECTED}
    assert ahead[None].connection == {Connection.UNTRACKED}
    assert ahead[Cause.INACTIVITY].connection == {Connection.UNTRACKED, Connection.CONNECTED}

"""Checks the rows of users: a state or layers that no onduty has written are damage, found when they are read."""

from __future__ import annotations

from typing import Final

from ...domain.layers import end_of_only_session, unpack
from ...domain.status import OWN_STATES, State

_STATES_UNTIL: Final = frozenset({State.ONLINE_UNTIL, State.AWAY_UNTIL, State.OFFLINE_UNTIL})
_STATES: Final = frozenset(OWN_STATES) - {State.UNSEEN}
STATES_ALONE: Final = _STATES - _STATES_UNTIL
"""The states of users without layers."""


def is_whole(state: int, layers: str, user_id: str) -> bool:
    """Return True if a user may be in this state, given by number, with these packed layers.

    Whoever was erased has no id, and is in state UNSEEN.
    """
    if state == State.UNSEEN:
        return not user_id and not layers
    if not layers:
        return state in STATES_ALONE
    if end_of_only_session(layers) is not None:
        return state in STATES_ALONE
    try:
        has_end = unpack(layers).expire_time is not None
    except ValueError:
        return False
    return state in (_STATES_UNTIL if has_end else STATES_ALONE)

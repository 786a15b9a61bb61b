"""The layers that only some users have: the end of a status, sessions, and engagements.

They are kept in a record, and in stores, as one short text (`UserRecord.layers`), empty for a user who has none. A
million users with a session each would otherwise take twice the memory. Whoever needs a part unpacks it.

Invariant: a `Layers` holds ids without control characters (`app/fields.py` checks them), so these can separate the
parts of the text.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from .status import Connection, Then

SESSIONS_MAX = 20
ENGAGEMENTS_MAX = 20
"""How many sessions, and how many engagements, of a user may live at a time."""

_PART = "\x1e"
_FIELD = "\x1f"


class LeaseAction(IntEnum):
    """An action of a caller on a session or an engagement. The numbers are those of the proto."""

    KEEP_SESSION = 1
    END_SESSION = 2
    KEEP_ENGAGEMENT = 3
    END_ENGAGEMENT = 4


class Lease(NamedTuple):
    """A session or an engagement: its id, and the time (ms UTC) at which it ended or will run out."""

    lease_id: str
    end: int


def _last_end(leases: tuple[Lease, ...]) -> int:
    if not leases:
        return 0
    if len(leases) == 1:  # nearly always; this is on the path of every read
        return leases[0].end
    return max([lease.end for lease in leases])


class Layers(NamedTuple):
    """The unpacked layers of a user. Times are ms UTC; `then` is None if and only if `expire_time` is.

    Of sessions that have ended, only the last is kept, and only if none lives: its end is when the user went.
    """

    connection: Connection = Connection.UNTRACKED
    expire_time: int | None = None
    then: Then | None = None
    sessions: tuple[Lease, ...] = ()
    engagements: tuple[Lease, ...] = ()

    @property
    def session_end(self) -> int:
        """The time (ms UTC) at which the last session ended or will run out; 0 if there is none."""
        return _last_end(self.sessions)

    @property
    def engaged_until(self) -> int:
        """The time (ms UTC) at which the last engagement ended or will run out; 0 if there is none."""
        return _last_end(self.engagements)

    def connected(self, now: int) -> bool:
        """Return True if a session lives."""
        return _last_end(self.sessions) > now

    def engaged(self, now: int) -> int:
        """Return how many engagements live."""
        return sum([lease.end > now for lease in self.engagements]) if self.engagements else 0

    def pack(self) -> str:
        """Return the text that `unpack` reads; empty if there is nothing to keep."""
        if self == NO_LAYERS:
            return ""
        head = f"{self.connection:d}"
        if self.expire_time is not None and self.then is not None:
            head = f"{head}{_FIELD}{self.expire_time:d}{_FIELD}{self.then:d}"
        return f"{head}{_PART}{_pack_leases(self.sessions)}{_PART}{_pack_leases(self.engagements)}"


NO_LAYERS = Layers()

_CONNECTIONS = {f"{connection:d}": connection for connection in Connection}
_THENS = {f"{then:d}": then for then in Then}


def _pack_leases(leases: tuple[Lease, ...]) -> str:
    return _FIELD.join([f"{lease.lease_id}{_FIELD}{lease.end:d}" for lease in leases])


def _unpack_leases(packed: str) -> tuple[Lease, ...]:
    if not packed:
        return ()
    fields = packed.split(_FIELD)
    if len(fields) == 2:  # as in `_last_end`
        return (Lease(fields[0], int(fields[1])),)
    return tuple([Lease(fields[i], int(fields[i + 1])) for i in range(0, len(fields), 2)])


@lru_cache(maxsize=256)
def unpack(packed: str) -> Layers:
    """Return the layers that `packed` holds, `NO_LAYERS` for an empty text.

    One decision asks for those of one user several times in a row, and unpacking them was half of what it cost.

    Raises:
        ValueError: `Layers.pack` did not write this.
    """
    if not packed:
        return NO_LAYERS
    try:
        head, sessions, engagements = packed.split(_PART)
        connection, *end = head.split(_FIELD)
        expire_time, then = (int(end[0]), _THENS[end[1]]) if end else (None, None)
        return Layers(
            _CONNECTIONS[connection], expire_time, then, _unpack_leases(sessions), _unpack_leases(engagements)
        )
    except (KeyError, IndexError) as error:
        raise ValueError("not the packed layers of a user") from error


def forget_unpacked() -> None:
    """Forget the layers that were unpacked last, which name sessions and engagements, also some that have ended."""
    unpack.cache_clear()


def kept(leases: tuple[Lease, ...], lease_id: str, end: int) -> tuple[Lease, ...]:
    """Return `leases` with one that ends at `end` (ms UTC), in place of the one with this id if there is one."""
    lease = Lease(lease_id, end)
    if any(each.lease_id == lease_id for each in leases):
        return tuple([lease if each.lease_id == lease_id else each for each in leases])
    return (*leases, lease)


def ended(leases: tuple[Lease, ...], lease_id: str, now: int) -> tuple[Lease, ...]:
    """Return `leases` in which the one with this id, if there is one, has ended at `now` (ms UTC) or before."""
    return tuple([Lease(lease_id, min(each.end, now)) if each.lease_id == lease_id else each for each in leases])


def live(leases: tuple[Lease, ...], now: int) -> tuple[Lease, ...]:
    """Return those that have not ended at `now` (ms UTC)."""
    return tuple([each for each in leases if each.end > now]) if leases else ()


# The following look at packed layers without unpacking them, since they are asked for every user again and again.

_UNTRACKED = f"{Connection.UNTRACKED:d}"
_DISCONNECTED = (f"{Connection.AWAY:d}", f"{Connection.OFFLINE:d}")


def is_disconnected(packed: str) -> bool:
    """Return True if packed layers are those of a user who is disconnected."""
    return packed[:1] in _DISCONNECTED if packed else False


def is_connected(packed: str, now: int) -> bool:
    """Return True if packed layers have a session that lives at `now` (ms UTC)."""
    return any(int(end) > now for end in packed.split(_PART)[1].split(_FIELD)[1::2])


def may_be_disconnected(packed: str, now: int) -> bool:
    """Return True if the connection of a user with packed layers may change at `now` (ms UTC) but by a session."""
    return packed[0] != _UNTRACKED and not is_connected(packed, now)


_ONE_SESSION = re.compile(f"{Connection.CONNECTED:d}{_PART}[^{_PART}{_FIELD}]*{_FIELD}([0-9]+){_PART}")


def end_of_only_session(packed: str) -> int | None:
    """Return the end (ms UTC) of a connected user's only session if the packed layers have nothing else, else None.

    Nearly everybody who has layers has these, and a start looks at those of everybody.
    """
    found = _ONE_SESSION.fullmatch(packed)
    return None if found is None else int(found[1])


def has_end(packed: str) -> bool:
    """Return True if packed layers have the end of a status."""
    return packed[1:2] == _FIELD


def renewed(packed: str, lease_id: str, end: int, now: int, *, is_session: bool) -> str | None:
    """Return packed layers in which a lease that lives at `now` is kept until `end` (ms UTC).

    Return None if no such lease lives, or it would end sooner than before: that takes more than moving a number.
    """
    head, sessions, engagements = packed.split(_PART)
    fields = (sessions if is_session else engagements).split(_FIELD)
    place = 1
    if fields[0] != lease_id:  # nearly always it is the first, and the only one
        ids = fields[::2]
        if lease_id not in ids:
            return None
        place += 2 * ids.index(lease_id)
    if not now < int(fields[place]) <= end:
        return None
    fields[place] = str(end)
    leases = _FIELD.join(fields)
    return f"{head}{_PART}{leases}{_PART}{engagements}" if is_session else f"{head}{_PART}{sessions}{_PART}{leases}"

"""Encodes edges: the beginnings and the ends of times with a session or an engagement (`LeaseEdge`).

The edges of an account are a stream, `h:ID` in the account's partition, which an account without sessions and
engagements has not. The script that writes a user's record appends the edges to it in the same step
(`append_edges` in `lua/lib/commit.lua`). An entry has one field, `e`, of 11 bytes and the rest: the code of the key
(`CONNECTED` or `ENGAGED`), with 128 added if the time begins; the user's position in the account, in 32 bits; the time,
ms UTC in 48 bits; and the id of the team, empty for none.

The id of an entry is `TIME-NUMBER`: when it was written (ms UTC, the partition's time), and how many edges the account
had by then, with this one. So ids grow, no id is given twice, and they have these properties:

- The time of an edge is never after that of its id. Whoever wants all edges at or after a time finds them from
  `TIME-0` on, with others from before among them, as with changes of status.
- The edges of one user and kind follow each other in the order of their ids, beginning and end in turns, and their
  times never decrease.
- What is appended later comes after what has been read, whatever its time.

They are dropped from the front, with the changes of the same commit time. `edged` in the partition is a sorted set of
the accounts that have edges, by a lower bound of the time of the first id. The hash of an account counts those that
it ever had in `edges`, which is absent where there was none.

What a copy writes has the time of the edge, or that of the id before if that is later.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from ...domain.record import LeaseEdge
from ...domain.tallies import Key
from .records import Moment
from .wire.connection import Arg

_EDGE = struct.Struct(">BIHI")
"""Code and whether it begins, position, time."""
_BEGINS = 128


def pack_edge(edge: LeaseEdge, *, position: int = 0) -> bytes:
    """Encode an edge; the scripts fill in the position, and a time that means now."""
    code = edge.key.code | _BEGINS if edge.begins else edge.key.code
    return _EDGE.pack(code, position, edge.time >> 32, edge.time & 0xFFFFFFFF) + edge.key.team_id.encode()


def edge_arguments(edges: Sequence[LeaseEdge]) -> list[Arg]:
    """Return what a script is given to write: each edge, and 1 if its time means now.

    They may come among events, which no edge is taken for.
    """
    args: list[Arg] = []
    for edge in edges:
        args += [pack_edge(edge), int(isinstance(edge.time, Moment))]
    return args


def unpack_edge(raw: bytes) -> tuple[int, LeaseEdge]:
    """Decode what `pack_edge` encoded: the position of the user, and the edge."""
    code, position, high, low = _EDGE.unpack_from(raw)
    key = Key(code & ~_BEGINS, raw[_EDGE.size :].decode())
    return position, LeaseEdge(key, high << 32 | low, begins=code >= _BEGINS)

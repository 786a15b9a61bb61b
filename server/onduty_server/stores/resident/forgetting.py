"""The other users whose records name somebody erased as the actor. They may be nearly all of an account.

The journal takes the name out of all rows by itself. In memory it goes once the erasure is durable, some users at a
time. Invariant: before anything is decided about one of them, the name is gone from the record, so that no later row
has it, and the same name in a record that is not waiting here is that of somebody who came later.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Forgetting:
    """The numbers of users whose record still names an erased actor, and the revision of the erasure."""

    actor: str
    numbers: set[int]
    revision: int
    task: asyncio.Task[None] | None = None
    """Ends once nothing is left."""

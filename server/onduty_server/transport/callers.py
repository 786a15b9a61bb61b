"""The key under which a caller's calls are counted."""

from __future__ import annotations

from ..access.permissions import ANYBODY, Caller
from .context import CallContext


def address_of(context: CallContext) -> str:
    """Return where a call comes from, without the port."""
    return context.peer().rpartition(":")[0]


def caller_key(context: CallContext, caller: Caller) -> str:
    """Return a key that all calls of one caller share: the address, on a server that requires no credential."""
    if caller is ANYBODY:
        return address_of(context)
    return f"{caller.via} {caller.name}"

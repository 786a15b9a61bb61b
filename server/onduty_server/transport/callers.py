"""Who calls, for those who count. The one place that says so."""

from __future__ import annotations

from typing import Any

from grpc import aio

from ..access.permissions import ANYBODY, Caller


def address_of(context: aio.ServicerContext[Any, Any]) -> str:
    """Where a call comes from, without the port."""
    return context.peer().rpartition(":")[0]


def caller_of(context: aio.ServicerContext[Any, Any], caller: Caller) -> str:
    """Whoever made the call, in a word that is equal for all their calls; an address where nobody is asked."""
    if caller is ANYBODY:
        return address_of(context)
    return f"{caller.via} {caller.name}"

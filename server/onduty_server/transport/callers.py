"""Who calls, for those who count. The one place that says so."""

from __future__ import annotations

from typing import Any

from grpc import aio

from ..access.permissions import ANYBODY, Caller


def caller_of(context: aio.ServicerContext[Any, Any], caller: Caller) -> str:
    """Whoever made the call, in a word that is equal for all their calls; an address where nobody is asked."""
    if caller is ANYBODY:
        return context.peer().rpartition(":")[0]
    return f"{caller.via} {caller.name}"

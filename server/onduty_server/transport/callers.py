"""Who calls, for those who count. The one place that says so."""

from __future__ import annotations

from typing import Any

from grpc import aio


def caller_of(context: aio.ServicerContext[Any, Any]) -> str:
    """A name for whoever made the call, equal for all their calls: the address, without the port."""
    return context.peer().rpartition(":")[0]

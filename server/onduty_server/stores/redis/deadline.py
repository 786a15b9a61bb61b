"""One deadline for all that a call tries, so that callers are told in time that the store is unavailable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ...domain.errors import StoreUnavailable

CALL_TIMEOUT_S = 4.0
"""Less than the 5 s for which clients wait."""

P = ParamSpec("P")
T = TypeVar("T")


def bounded(call: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Have a call raise StoreUnavailable when it has not ended in time; what it has sent by then goes its way."""

    @wraps(call)
    async def bounded_call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                return await call(*args, **kwargs)
        except TimeoutError:
            raise StoreUnavailable from None

    return bounded_call

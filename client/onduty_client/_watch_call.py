"""Opens a WatchStatuses stream and reads it; shared by mirrors and watches.

A server sends a bookmark every second, or as seldom as it is asked to. Invariant: a stream on which bookmarks have
begun is given up after twice that time of silence, any other after ten seconds, or twice that time if it is longer.
"""

import math
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from onduty.v1 import status_pb2 as pb
from onduty_client import _convert as convert
from onduty_client._clock import SYSTEM_CLOCK, Clock
from onduty_client._endpoint import Endpoint, StreamChannel
from onduty_client._rpcs import SERVICE
from onduty_client._stream_reader import read_stream

#: The longest time between bookmarks if nothing else is asked for; the shortest that may be.
BOOKMARK_WITHIN_S: Final = 1.0
#: The longest that may be asked for.
BOOKMARK_WITHIN_MAX_S: Final = 30.0

#: Silence for this many times the longest time between bookmarks means that the connection is dead.
_SILENCE_MAX: Final = 2.0

#: The limit until the first bookmark and between the pages of a snapshot. A thousand other clients may want snapshots
#: too, and giving up would only cause another request. And while a dead server process is being replaced, the other
#: processes send no bookmarks for some seconds.
_FIRST_SILENCE_MAX_S: Final = 10.0


def checked_user_ids(user_ids: Iterable[str] | None) -> frozenset[str] | None:
    """Return the users to watch, or None for all.

    Raises:
        TypeError: one of them is not a str.
        ValueError: there are none, which on the wire means all users.
    """
    if user_ids is None:
        return None
    found = frozenset(convert.ids(user_ids))
    if not found:
        raise ValueError("user_ids is empty; give None for all users")
    return found


def ask_for_bookmarks(request: pb.WatchStatusesRequest, within_s: float) -> None:
    """Write into a request the longest time between two bookmarks.

    Raises:
        ValueError: it is out of range.
    """
    if not BOOKMARK_WITHIN_S <= within_s <= BOOKMARK_WITHIN_MAX_S:
        most = f"{BOOKMARK_WITHIN_MAX_S:g}"
        raise ValueError(f"bookmark_within must be from {BOOKMARK_WITHIN_S:g} to {most} s, got {within_s}")
    if within_s > BOOKMARK_WITHIN_S:
        request.bookmark_within.FromMilliseconds(int(within_s * 1_000))


async def read_watch(
    channel: StreamChannel,
    request: pb.WatchStatusesRequest,
    take: Callable[[pb.WatchStatusesResponse], Awaitable[None] | None],
    *,
    endpoint: Endpoint,
    clock: Clock = SYSTEM_CLOCK,
    limit_s: Callable[[], float] = lambda: math.inf,
) -> None:
    """Hand every message of a watch to `take`, until the server ends the watch in good order.

    `limit_s` may allow less silence than the invariant does. Raises as `read_stream` does.
    """
    watch = channel.unary_stream(
        f"/{SERVICE}/WatchStatuses",
        request_serializer=pb.WatchStatusesRequest.SerializeToString,
        response_deserializer=pb.WatchStatusesResponse.FromString,
    )
    within_s = BOOKMARK_WITHIN_S
    if request.HasField("bookmark_within"):
        within_s = request.bookmark_within.ToMilliseconds() / 1_000
    silence_max_s = _SILENCE_MAX * within_s
    first_silence_max_s = max(_FIRST_SILENCE_MAX_S, silence_max_s)
    has_bookmark = in_snapshot = False

    def take_message(message: pb.WatchStatusesResponse) -> Awaitable[None] | None:
        nonlocal has_bookmark, in_snapshot
        kind = message.WhichOneof("event")
        if kind == "bookmark":
            has_bookmark = True
        elif kind == "snapshot":
            in_snapshot = not message.snapshot.last
        return take(message)

    def patience_s() -> float:
        expected = silence_max_s if has_bookmark and not in_snapshot else first_silence_max_s
        return min(expected, limit_s())

    await read_stream(
        watch(request, metadata=endpoint.call_metadata()),
        take_message,
        endpoint=endpoint,
        patience_s=patience_s,
        clock=clock,
    )

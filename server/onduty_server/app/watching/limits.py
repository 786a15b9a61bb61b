"""The named maxima and intervals of watches, as one value that is given to `Watching`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...domain.errors import InvalidField

BOOKMARK_WITHIN_MS: Final = 1_000
"""The time within which a watcher is sent the next bookmark if it asks for nothing else, and the shortest one."""
BOOKMARK_WITHIN_MAX_MS: Final = 30_000
"""The longest one. Proxies end connections on which nothing happens for a minute."""


def check_bookmark_within(bookmark_within_ms: int) -> None:
    """Raise InvalidField unless a watcher may ask for this time between bookmarks."""
    if not BOOKMARK_WITHIN_MS <= bookmark_within_ms <= BOOKMARK_WITHIN_MAX_MS:
        raise InvalidField(
            "bookmark_within",
            f"must be between {BOOKMARK_WITHIN_MS // 1_000}s and {BOOKMARK_WITHIN_MAX_MS // 1_000}s, "
            f"got {bookmark_within_ms / 1_000:g}s",
        )


@dataclass(frozen=True, slots=True)
class WatchLimits:
    """Bounds on queues, pages, batches and waits. The defaults are what a server runs with; tests choose smaller ones.

    A message of changes costs the same however many events are in it. So events that soon follow others are held back
    and sent together: for `batch_interval_per_watcher_s` times the watchers, between the minimum and the maximum.
    """

    watches_max: int = 10_000
    """How many watches a process serves at once."""
    users_max: int = 1_000
    """How many users the filter of a watch may name."""
    snapshot_page: int = 500
    """How many users one message of a snapshot holds."""
    snapshot_workflows: int = 2_000
    """How many workflows of teams one message of a snapshot holds beside its users, so that it stays below 4 MiB."""
    catch_up_page: int = 1_000
    """How many events of history are read at a time for a watcher that resumes."""
    ring_events_max: int = 20_000
    """How many events of an account are held for its watchers. A watcher that falls further behind gets a snapshot."""
    ring_items_max: int = 2_000
    """How many messages of events and bookmarks are held for an account's watchers."""
    batch_events_max: int = 1_000
    """How many events one message holds, so that it stays below the 4 MiB that clients accept by default."""
    batch_interval_min_s: float = 0.005
    batch_interval_max_s: float = 0.25
    batch_interval_per_watcher_s: float = 0.0002
    unread_max_s: float = 30.0
    """How long a watcher may leave its messages unread before its watch ends."""
    bookmark_interval_ms: int = 900
    """How often the store is asked how far watchers have been told, while somebody is due for a bookmark."""
    bookmark_silence_ms: int = 3_000
    """When the store has not answered for this long, the watches of the account end, to resume at another process."""
    erasure_wait_ms: int = 1_000
    """How long an erasure waits for watchers to be sent it. Those that were not begin with a new snapshot."""

    def batch_interval_s(self, watchers: int) -> float:
        """Return the time between two batches of events for this number of watchers."""
        return max(
            self.batch_interval_min_s, min(self.batch_interval_max_s, watchers * self.batch_interval_per_watcher_s)
        )

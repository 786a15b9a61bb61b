"""The named maxima of the service. Each bounds a queue, a page, a batch or a field."""

from __future__ import annotations

from ..domain.workflow import DAY_MS

ID_MAX_BYTES = 128
REASON_MAX_BYTES = 512
PAGE_DEFAULT = 100
PAGE_MAX = 1_000
BATCH_GET_MAX = 1_000
STATUS_FILTER_MAX = 100
"""A filter needs to name a status only once; reading a request full of them would hold up everybody else."""
AVAILABLE_DEFAULT = 100
AVAILABLE_MAX = 1_000
PREVIEW_NAMED_MAX = 1_000
"""How many users a dry-run names; it counts all."""

ACTIVITY_MAX_AGE_MS = 30 * DAY_MS
"""An activity older than the longest period can decide nothing; it is a broken clock, and an error."""

ACTIVITY_FUTURE_TOLERANCE_MS = 5_000

HEARTBEAT_INTERVAL_MS = 1_000
HEARTBEAT_LEASE_MS = 3_000
"""A heartbeat vouches for this long: what is shown until then is settled after a crash, outage rule or not."""

SWEEP_CHUNK = 128
"""How many users one step of the sweeper switches before requests get their turn."""

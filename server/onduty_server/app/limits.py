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

WATCHES_MAX = 10_000
"""How many watches a process serves at once."""
WATCHED_USERS_MAX = 1_000
"""How many users the filter of a watch names."""
SNAPSHOT_PAGE = 500
CATCH_UP_PAGE = 1_000
"""How many events of history a watcher that resumes is sent at a time."""
CHANNEL_EVENTS_MAX = 20_000
"""How many events of a watched account are held for its watchers; who falls further behind gets a snapshot."""
CHANNEL_ITEMS_MAX = 2_000
BOOKMARK_INTERVAL_MS = 900
BOOKMARK_SILENCE_MS = 3_000
"""After how long without an answer from the store the watches of an account end, to go on at another process."""
BATCH_EVENTS_MAX = 1_000
"""How many events one message of a watch holds, so that it stays below the 4 MiB that clients take by default."""
BATCH_INTERVAL_MIN_S = 0.005
BATCH_INTERVAL_MAX_S = 0.25
BATCH_INTERVAL_PER_WATCHER_S = 0.0002
"""Events are held back this long a watcher and sent together: a message costs the same however many are in it."""
ACTIVITIES_MAX = 5_000
"""How many activities one message of a stream holds."""

USERS_MAX = 2_000_000
"""How many users an account may have, unless configured. Each takes about 400 bytes of the embedded store's memory."""
ACCOUNTS_MAX = 100_000
"""How many accounts a store may have, unless configured."""
FULL_RETRY_DELAY_MS = 60_000
"""When to try again once an account has all its users, or a store all its accounts: an operator has to see to it."""

CALLER_RATE = 20_000
ACCOUNT_RATE = 20_000
"""Calls a second of one caller and for one account, unless configured."""
CALLS_MAX = 2_000
CALLS_PER_CALLER = 1_000
STREAMS_MAX = 10_000
STREAMS_PER_CALLER = 2_000
"""Under way at a time, in all and of one caller, unless configured."""
CONNECTION_CALLS = 100
"""Calls and streams that one connection may have open, unless configured: what most servers of HTTP/2 allow. What waits
in grpcio is no more than that times the connections, and cheap for those who wait: it costs the server nothing."""
PENDING_CALLS_MAX = 10_000
"""How many calls, of all connections, wait in grpcio to be accepted. It ends more at once, with CANCELLED."""
OPEN_CALLS_MAX = 2_500
OPEN_CALLS_PER_ADDRESS = 500
"""Calls under way that need no credential (health, reflection), in all and from one address; streams again as many, and
calls that wait for the keys of an issuer. Counted apart, so that whoever has no credential takes nothing away from
those who have one."""
HANDSHAKE_TIMEOUT_MS = 10_000
"""How long a connection may take to say hello, with TLS and without."""
MESSAGE_WAIT_MS = 10_000
"""How long a call may take to send its request."""

RATE_KEYS_MAX = 20_000
"""How many callers, and how many accounts, have their rate remembered at once."""
RATE_BURST_S = 2.0
"""What is left unused of a rate for so long may be used at once."""

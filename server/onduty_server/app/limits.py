"""The named maxima of the service. Each bounds a queue, a page, a batch or a field."""

from __future__ import annotations

from ..domain import layers
from ..domain.periods import DAY_MS, HOUR_MS, SECOND_MS

ID_MAX_BYTES = 128
REASON_MAX_BYTES = 512
PAGE_DEFAULT = 100
PAGE_MAX = 1_000
BATCH_GET_MAX = 1_000
STATUS_FILTER_MAX = 100
"""A filter needs to name a status only once; reading a longer one would hold up other calls."""
AVAILABLE_DEFAULT = 100
AVAILABLE_MAX = 1_000
PREVIEW_NAMED_MAX = 1_000
"""How many users a dry run lists; its counts include the others."""
COLUMN_NAME_MAX_BYTES = 128
SIMULATED_ROWS_MAX = 500_000
SIMULATED_USERS_MAX = 50_000
SIMULATED_BYTES_MAX = 32 * 1024 * 1024
SIMULATED_ROW_MAX = 64 * 1024
"""The rows, users, unpacked bytes, and characters of a row, of a log that a caller has replayed."""
SIMULATIONS_MAX = 2
SIMULATIONS_WAITING_MAX = 8
SIMULATIONS_PER_CALLER_MAX = 3
"""How many logs are replayed at a time (each by a process, in some 100 MB and up to a few seconds), how many calls wait
for that, and how many of both a caller may have."""
REPORT_RANGE_MAX_DAYS = 400
TIMELINE_RANGE_MAX_DAYS = 31
REPORT_BUCKETS_MAX = 10_000
"""Into how many buckets or steps a report may divide its range: a quarter of a year by quarters of an hour."""
REPORT_CELLS_MAX = 50_000
"""How many buckets a page of a report has in all, of all its people or teams."""
REPORT_TIME_MAX_MS = 315_576_000_000_000
"""How much time a bucket may have in all: 10,000 years, which is what `google.protobuf.Duration` holds."""
TIMELINE_STEPS_MAX = 20_000
"""How many changes of status a page of timelines has, unless it is a single person's."""
REPORTS_MAX = 2
REPORTS_WAITING_MAX = 16
REPORTS_PER_CALLER_MAX = 4
"""How many reports are made at a time, how many calls wait for that, and how many of both a caller may have."""
WORKFLOW_CHANGES_KEPT = 10_000
"""How many changes of the workflows of an account are kept, however old: five a working day for eight years."""
TEAM_WORKFLOWS_MAX = 10_000
"""How many teams of an account may have had a workflow of their own. Each is looked at when the account's changes."""
TEAMS_MAX = 20_000
"""How many teams an account may have before nobody can be moved to a new one. What is done for each of them, such as
after a change of the account's workflow, is done in one step."""
DISPLAY_NAME_MAX_BYTES = 256
BATCH_SET_MAX = 1_000

ACTIVITY_MAX_AGE_MS = 30 * DAY_MS
"""Older activities are refused. They are older than the longest period, so they come from a broken clock."""

ACTIVITY_FUTURE_TOLERANCE_MS = 5_000

SESSIONS_MAX = layers.SESSIONS_MAX
ENGAGEMENTS_MAX = layers.ENGAGEMENTS_MAX
STATUS_TTL_MIN_MS = SECOND_MS
STATUS_TTL_MAX_MS = 30 * DAY_MS
"""How far ahead the end of a status may be that is set until some time."""
SESSION_TTL_MIN_MS = 30 * SECOND_MS
"""The index of the resident engine rests on it: a session that is kept now does not end within this time by itself."""
SESSION_TTL_MAX_MS = 4 * HOUR_MS
SESSION_TTL_DEFAULT_MS = 150 * SECOND_MS
"""How long a session lives unless it is kept again. Browsers slow the timers of a page in the background down to
one a minute, and the default survives one that is missed."""
IDLE_FOR_MAX_MS = ACTIVITY_MAX_AGE_MS
ENGAGEMENT_TTL_MIN_MS = 10 * SECOND_MS
ENGAGEMENT_TTL_MAX_MS = 4 * HOUR_MS
ENGAGEMENT_TTL_DEFAULT_MS = HOUR_MS
"""How long an engagement lives unless it is ended or kept again."""

HEARTBEAT_INTERVAL_MS = 1_000
HEARTBEAT_VALID_MS = 3_000
"""How long a heartbeat is valid. Statuses that callers may have been shown until then are settled after a crash, even
where the time after it counts as an outage."""

SWEEP_CHUNK = 128
"""How many users the sweeper switches before requests get their turn."""

ACTIVITIES_MAX = 5_000
"""How many activities, and sessions and engagements, a message of a stream holds together."""

USERS_MAX = 2_000_000
"""Users of an account, unless configured. Each takes about 400 bytes of memory in the embedded store."""
ACCOUNTS_MAX = 100_000
"""Accounts of a store, unless configured."""
FULL_RETRY_DELAY_MS = 60_000
"""When to retry once an account has all its users, or a store all its accounts: an operator has to act."""

CALLER_RATE = 20_000
ACCOUNT_RATE = 20_000
"""Calls a second by one caller and for one account, unless configured."""
CALLS_MAX = 2_000
CALLS_PER_CALLER = 1_000
STREAMS_MAX = 10_000
STREAMS_PER_CALLER = 2_000
"""Calls and streams that run at a time, in all and by one caller, unless configured."""
CONNECTION_CALLS = 100
"""Calls and streams that one connection may have open, unless configured: as most HTTP/2 servers have it. At most this
many times the number of connections wait in grpcio; others wait in their clients, at no cost to the server."""
PENDING_CALLS_MAX = 10_000
"""How many calls, of all connections, wait in grpcio to be accepted. It ends further ones at once, with CANCELLED."""
OPEN_CALLS_MAX = 2_500
OPEN_CALLS_PER_ADDRESS = 500
"""Calls at a time that need no credential (health, reflection), in all and from one address. As many again for streams
of that kind, and for calls that wait for an issuer's keys. They are counted apart, so that callers without a credential
take nothing from those with one."""
HTTP_CONNECTIONS_MAX = 12_000
"""Connections of the HTTP door at a time: every stream has one of its own."""
HANDSHAKE_TIMEOUT_MS = 10_000
"""How long a connection may take to say hello, with TLS and without."""
MESSAGE_WAIT_MS = 10_000
"""How long a call may take to send its request."""

RATE_KEYS_MAX = 20_000
"""How many callers, and how many accounts, have their rate remembered at a time."""
RATE_BURST_S = 2.0
"""For how long an unused rate may be saved up."""

"""The rules of presence: what happens to a user, when it becomes true, and what a reader is shown.

This module tells the theory, and names all that other layers use of it. `events` decides activities and settings by
hand, `leases` sessions and engagements, `people` moves between teams, `settling` what the passing of time brings, and
`outlook` what a reader is shown. Every function is pure. It takes a record, a policy and `now`, and returns the
outcome; it writes nothing, reads no clock, and gives the same answer whenever it is called with the same arguments.

What a status follows from
    Three things decide what a reader is shown:

    1. The record (`UserRecord`): the last committed state, when it began, and the user's clock. Written by events:
       activities, settings by hand, sessions, engagements, and the sweeper when it commits a timed switch.
    2. The policy (`Policy`): the workflow of the user's team or else of the account, the recovery floor, and replaced
       workflows that still decide for some records. Changing it costs the same for one user as for a million, because
       no record is touched.
    3. `now`: the passing of time alone makes timed switches true. `settle` applies those that are due.

    A state is a status together with its cause (`State`), so every transition is one row of a finite table
    (`machine.transition_table`), without conditions. Both periods start at the same moment. Automation only ever
    demotes and never touches OFFLINE. An activity brings back only users whom inactivity switched; what was set by hand
    is for a hand to undo.

The clock
    Inactivity is measured from `idle_since(...) = max(record.clock, workflow.enabled_time, floor)`:

    - `record.clock` is the newest activity or setting by hand. It never moves backwards.
    - `workflow.enabled_time`: switching the workflow on switches nobody at that instant; the periods run from then.
    - `floor`, the recovery floor: an outage is not inactivity. While nobody could report activity, nobody was idle.

    A timed switch is effective at `max(idle_since + period, workflow.thresholds_since)`: at the instant at which it
    became true, never at the instant at which somebody noticed. Shortening a period therefore switches users as of the
    change, not as of a time at which they were seen ONLINE.

What else a status rests on
    Three more layers, each off until it is used (`domain/layers.py`). None stores the result of another:

    - A status with an end (the states UNTIL). Until the end inactivity does not touch it. At exactly the end, what was
      chosen for it follows, by EXPIRY, and the clock restarts.
    - Engagements: while one lives, inactivity does not begin. `idle_since` is not before the end of the last one.
    - The connection, a machine of its own beside that of the own status. `disconnect_after` after the end of the last
      session the user is disconnected: a lower status is shown by DISCONNECT, and the own one goes on underneath. It
      stays so until a session is kept, or the user is seen (`events.seen`), whatever becomes of the workflow meanwhile.

    What falls due at the same millisecond applies in this order: connection, end, inactivity. A change of what is shown
    is a switch, with a revision. A change underneath is written, but nobody is told.

Why reads are exact
    `view` settles a copy of the record at `now` and shows that. It does not depend on a timer having fired, nor on the
    sweeper having run, because effective times follow from layers 1 and 2 alone. Settling is idempotent: settling at t1
    and then at t2 gives the same switches, with the same times, as settling at t2. So the sweeper may be late, run
    twice or not run at all: that delays when a switch is committed and told to watchers, never what a read answers.

    A replaced workflow must not lose what had become true under it. `PastPolicy` keeps it until the sweeper has
    committed those switches, so a status that could once be observed never un-happens.

A worked example
    Workflow: away after 10 min, offline after 30 min, resume FROM_AWAY, switched on at 08:00.
    `tests/unit/test_theory.py` runs this table:

    | time  | event          | state                 | since | clock | next          |
    | 09:00 | activity       | ONLINE_BY_ACTIVITY    | 09:00 | 09:00 | AWAY 09:10    |
    | 09:04 | activity       | ONLINE_BY_ACTIVITY    | 09:00 | 09:04 | AWAY 09:14    |
    | 09:13 | read           | ONLINE_BY_ACTIVITY    | 09:00 | 09:04 | AWAY 09:14    |
    | 09:14 | read           | AWAY_BY_INACTIVITY    | 09:14 | 09:04 | OFFLINE 09:34 |
    | 09:15 | sweep          | AWAY_BY_INACTIVITY    | 09:14 | 09:04 | OFFLINE 09:34 |
    | 09:20 | activity       | ONLINE_BY_ACTIVITY    | 09:20 | 09:20 | AWAY 09:30    |
    | 09:25 | set AWAY       | AWAY_BY_HAND          | 09:25 | 09:25 | OFFLINE 09:55 |
    | 09:40 | activity       | AWAY_BY_HAND          | 09:25 | 09:40 | OFFLINE 10:10 |
    | 10:11 | read           | OFFLINE_BY_INACTIVITY | 10:10 | 09:40 | -             |
    | 10:12 | activity       | OFFLINE_BY_INACTIVITY | 10:10 | 10:12 | -             |
    | 10:15 | set ONLINE     | ONLINE_BY_HAND        | 10:15 | 10:15 | AWAY 10:25    |
    | 10:30 | outage is over | ONLINE_BY_HAND        | 10:15 | 10:15 | AWAY 10:40    |

    At 09:14 no loop has run, and the read already answers AWAY. The sweep a minute later commits that switch with the
    effective time 09:14; the reads before and after it agree. At 09:20 the activity resumes an AWAY by inactivity; at
    09:40 it leaves an AWAY by hand alone and only moves the clock. At 10:12 it would need FROM_AWAY_OR_OFFLINE to bring
    the user back. From 10:20 to 10:30 the service was down: the floor becomes 10:30, so the user is not AWAY at 10:25.

Another, with the other layers
    The same workflow, with disconnect_after 1 min. "Own" is the state underneath, in the record:

    | time  | event             | own                   | shown                 | since | next          |
    | 11:00 | activity          | ONLINE_BY_ACTIVITY    | ONLINE_BY_ACTIVITY    | 11:00 | AWAY 11:10    |
    | 11:01 | session for 3 min | ONLINE_BY_ACTIVITY    | ONLINE_BY_ACTIVITY    | 11:00 | OFFLINE 11:05 |
    | 11:05 | read              | ONLINE_BY_ACTIVITY    | OFFLINE_BY_DISCONNECT | 11:05 | OFFLINE 11:30 |
    | 11:08 | session for 4 h   | ONLINE_BY_ACTIVITY    | ONLINE_BY_ACTIVITY    | 11:08 | AWAY 11:10    |
    | 11:09 | call for 60 min   | ONLINE_BY_ACTIVITY    | ONLINE_BY_ACTIVITY    | 11:08 | AWAY 12:19    |
    | 11:40 | call ends         | ONLINE_BY_ACTIVITY    | ONLINE_BY_ACTIVITY    | 11:08 | AWAY 11:50    |
    | 11:45 | AWAY until 12:30  | AWAY_UNTIL            | AWAY_UNTIL            | 11:45 | AWAY 12:30    |
    | 12:30 | read              | AWAY_BY_EXPIRY        | AWAY_BY_EXPIRY        | 11:45 | OFFLINE 13:00 |
    | 12:35 | activity          | ONLINE_BY_ACTIVITY    | ONLINE_BY_ACTIVITY    | 12:35 | AWAY 12:45    |
    | 12:36 | session ends      | ONLINE_BY_ACTIVITY    | ONLINE_BY_ACTIVITY    | 12:35 | OFFLINE 12:37 |
    | 12:50 | read              | AWAY_BY_INACTIVITY    | OFFLINE_BY_DISCONNECT | 12:37 | OFFLINE 13:05 |
    | 13:05 | read              | OFFLINE_BY_INACTIVITY | OFFLINE_BY_INACTIVITY | 12:37 | -             |

    The session that was not kept again ran out at 11:04, so the user is OFFLINE a minute later, while the own status is
    ONLINE for another five. Keeping it again at 11:08 shows that. The call holds up inactivity until it ends, at 11:40
    and not by itself at 12:09. At 12:30 the last activity, of 11:00, is too old: AWAY. At 12:45 the user becomes AWAY
    underneath, of which nobody is told; at 13:05 OFFLINE, which is no lower than what is shown, so that is shown then.
"""

from __future__ import annotations

from .events import record_activity, set_status
from .leases import end_engagement, end_session, keep_engagement, keep_session
from .outlook import Outlook, outlook, view
from .people import update_profile
from .settling import (
    Due,
    Layer,
    PastPolicy,
    Policy,
    idle_since,
    inactive_at,
    is_due,
    is_fresh,
    next_due,
    own_clock,
    settle,
)

__all__ = [
    "Due",
    "Layer",
    "Outlook",
    "PastPolicy",
    "Policy",
    "end_engagement",
    "end_session",
    "idle_since",
    "inactive_at",
    "is_due",
    "is_fresh",
    "keep_engagement",
    "keep_session",
    "next_due",
    "outlook",
    "own_clock",
    "record_activity",
    "set_status",
    "settle",
    "update_profile",
    "view",
]

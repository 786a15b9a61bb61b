-- From version 6: what reports need. Kept apart by state and team, they outlive the history as sums for each day.

-- An IANA name, by whose days the history is summed.
ALTER TABLE account ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

-- All that changed from then on is in the history, or in the sums.
ALTER TABLE account ADD COLUMN known_since INTEGER NOT NULL DEFAULT 0;

-- The state that was shown at the time.
ALTER TABLE user_change ADD COLUMN state INTEGER NOT NULL DEFAULT 0;

UPDATE user_change SET state = coalesce(
    (SELECT state FROM status_change AS c INDEXED BY status_change_of_user
     WHERE c.account_number = user_change.account_number AND c.user_number = user_change.user_number
         AND c.revision < user_change.revision
     ORDER BY c.revision DESC LIMIT 1),
    (SELECT previous_state FROM status_change AS c INDEXED BY status_change_of_user
     WHERE c.account_number = user_change.account_number AND c.user_number = user_change.user_number
         AND c.revision > user_change.revision
     ORDER BY c.revision LIMIT 1),
    (SELECT shown_state(u.state, u.layers) FROM user AS u
     WHERE u.account_number = user_change.account_number AND u.number = user_change.user_number),
    0
);

-- Of an erasure, the team until then is told.
UPDATE user_change SET previous_team_id = coalesce(
    (SELECT team_id FROM (
        SELECT revision, team_id FROM status_change AS c INDEXED BY status_change_of_user
        WHERE c.account_number = user_change.account_number AND c.user_number = user_change.user_number
            AND c.revision < user_change.revision
        UNION ALL
        SELECT revision, team_id FROM user_change AS c INDEXED BY user_change_of_user
        WHERE c.account_number = user_change.account_number AND c.user_number = user_change.user_number
            AND c.revision < user_change.revision
     )
     ORDER BY revision DESC LIMIT 1),
    ''
)
WHERE erased;

-- Where the history has lost its beginning, or all of it, what is known begins with the first change after the last gap.
UPDATE account SET known_since = coalesce(
    (
        WITH kept (revision, commit_time) AS MATERIALIZED (
            SELECT revision, commit_time FROM status_change WHERE account_number = account.number
            UNION ALL SELECT revision, commit_time FROM user_change WHERE account_number = account.number
            UNION ALL SELECT revision, commit_time FROM workflow_change WHERE account_number = account.number
        ),
        counted (kept, last, reached) AS MATERIALIZED (
            SELECT
                count(*), coalesce(max(revision), account.first_revision),
                (SELECT max(revision) FROM user WHERE account_number = account.number)
            FROM kept
        )
        SELECT CASE
            WHEN reached > last THEN (SELECT beat FROM vital)
            WHEN kept = last - account.first_revision THEN 0
            ELSE (
                SELECT commit_time FROM (
                    SELECT
                        revision, commit_time,
                        lag(revision, 1, account.first_revision) OVER (ORDER BY revision) AS previous_revision
                    FROM kept
                )
                WHERE revision <> previous_revision + 1 ORDER BY revision DESC LIMIT 1
            )
        END
        FROM counted
    ),
    0
);

-- There, what an erased person was is not known if no other change of the person is kept.
UPDATE account SET known_since = max(
    known_since,
    coalesce(
        (SELECT max(commit_time) + 1 FROM user_change WHERE account_number = account.number AND erased AND state = 0), 0
    )
)
WHERE known_since > 0;

-- The beginnings and ends of times with a session (kind 32) or an engagement (33) that are not in the sums yet. Those of a
-- user and kind alternate; `seq` orders those of one moment.
CREATE TABLE lease_edge (
    account_number INTEGER NOT NULL,
    time           INTEGER NOT NULL,
    user_number    INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    begins         INTEGER NOT NULL,
    team_id        TEXT NOT NULL,
    PRIMARY KEY (account_number, time, user_number, kind, seq)
) STRICT, WITHOUT ROWID;

-- It has all columns: a report on some people reads nothing else.
CREATE INDEX lease_edge_of_user ON lease_edge (account_number, user_number, kind, time, seq, begins, team_id);

-- When those that live have begun was not kept: they count from the last heartbeat on.
INSERT INTO lease_edge (account_number, time, user_number, kind, seq, begins, team_id)
SELECT account_number, min(lease_end(layers, kind), coalesce((SELECT beat FROM vital), 0)), number, kind, 0, 1, team_id
FROM user CROSS JOIN (SELECT 32 AS kind UNION ALL SELECT 33)
WHERE layers <> '' AND lease_end(layers, kind) > 0
    AND account_number NOT IN (SELECT number FROM erased_account);

-- The days of which there are sums. The days of one account may overlap, if its time zone was changed.
CREATE TABLE summed_day (
    id             INTEGER PRIMARY KEY,
    account_number INTEGER NOT NULL,
    day_start      INTEGER NOT NULL,
    day_end        INTEGER NOT NULL,
    UNIQUE (account_number, day_start, day_end)
) STRICT;

-- What the changes of a person on a day add up to (domain/tallies.py), as far as they are no longer in the history.
CREATE TABLE day_sum (
    day_id      INTEGER NOT NULL,
    user_number INTEGER NOT NULL,
    team_id     TEXT NOT NULL,
    code        INTEGER NOT NULL,  -- a state, or the kind of an edge
    count       INTEGER NOT NULL,
    times       INTEGER NOT NULL,
    PRIMARY KEY (day_id, user_number, team_id, code)
) STRICT, WITHOUT ROWID;

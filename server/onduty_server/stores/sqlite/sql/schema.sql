-- Everything that outlives the process. Times are ms UTC, states the numbers of domain.status.State.

CREATE TABLE vital (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    beat        INTEGER NOT NULL,  -- the last heartbeat
    alive_until INTEGER NOT NULL,  -- what was shown until then is settled after a crash
    floor       INTEGER NOT NULL   -- the recovery floor
) STRICT;

CREATE TABLE account (
    number     INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE,
    workflow   TEXT NOT NULL,  -- JSON
    past       TEXT NOT NULL   -- JSON: replaced workflows under which some may still be overdue
) STRICT;

CREATE TABLE user (
    account_number INTEGER NOT NULL,
    number         INTEGER NOT NULL,  -- counts an account's users in the order in which they were first seen
    user_id        TEXT NOT NULL,
    state          INTEGER NOT NULL,
    status_since   INTEGER NOT NULL,
    last_activity  INTEGER,
    clock          INTEGER NOT NULL,
    actor          TEXT NOT NULL,
    reason         TEXT NOT NULL,
    revision       INTEGER NOT NULL,
    PRIMARY KEY (account_number, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE status_change (
    account_number INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    user_number    INTEGER NOT NULL,
    previous_state INTEGER NOT NULL,
    state          INTEGER NOT NULL,
    effective_time INTEGER NOT NULL,
    commit_time    INTEGER NOT NULL,
    actor          TEXT NOT NULL,
    reason         TEXT NOT NULL,
    PRIMARY KEY (account_number, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX status_change_of_user ON status_change (account_number, user_number, revision);

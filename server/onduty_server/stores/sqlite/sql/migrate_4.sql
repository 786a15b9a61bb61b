-- From version 3.

-- Every start goes on under a lineage of its own, because the file may have been put back from a copy meanwhile. A token
-- names the lineage it was given under; where that is in this table, its successor tells up to where it holds.
CREATE TABLE lineage (
    id      INTEGER PRIMARY KEY,  -- in the order of the starts
    lineage INTEGER NOT NULL UNIQUE,
    began   INTEGER NOT NULL
) STRICT;

-- At which revision an account stood when a lineage began; without a row, where it stood when the one before began.
CREATE TABLE milestone (
    account_number INTEGER NOT NULL,
    lineage_id     INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    PRIMARY KEY (account_number, lineage_id)
) STRICT, WITHOUT ROWID;

-- Long stretches without a heartbeat, which may be the fault of a clock: see `app/gaps.py`.
CREATE TABLE gap (
    began INTEGER PRIMARY KEY,
    ended INTEGER NOT NULL
) STRICT;

-- Whose call a change was, where that is somebody else than the actor.
ALTER TABLE status_change ADD COLUMN caller TEXT NOT NULL DEFAULT '';

-- By this row a writer knows that the file is still its own, and whoever opens the file whether its write-ahead log is
-- missing, or is not the one that belongs to it. It is one text, of which the length never changes, because it must be
-- found in a log whose database is another: see mark.py.
CREATE TABLE writer (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    mark TEXT NOT NULL
) STRICT;

INSERT INTO writer VALUES
    (1, 'onduty-writer 0000000000000000 0000000000000000 0000000000 0000000000 0 0000000000');

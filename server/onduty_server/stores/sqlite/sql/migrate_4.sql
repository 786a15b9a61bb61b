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

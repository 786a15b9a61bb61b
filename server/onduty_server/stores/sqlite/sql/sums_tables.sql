-- What a report adds up, in the memory of one connection.

-- The stretches to keep apart, by their beginnings.
CREATE TEMP TABLE stretch (begin INTEGER PRIMARY KEY, number INTEGER NOT NULL) STRICT;

-- The numbers of the users to look at, if not everybody.
CREATE TEMP TABLE wanted (number INTEGER PRIMARY KEY) STRICT;

-- Changes by key, which is (stretch * 64 + state before) * 64 + state after; 0 for none. Times are relative to the first
-- bound, so that sums of millions of them have room. `total` has those of everybody without teams: a number finds a row
-- faster than three columns do.
CREATE TEMP TABLE total (key INTEGER PRIMARY KEY, count INTEGER NOT NULL, times INTEGER NOT NULL) STRICT;
CREATE TEMP TABLE summed (
    person  INTEGER NOT NULL,  -- -1: everybody
    key     INTEGER NOT NULL,
    team_id TEXT NOT NULL,
    count   INTEGER NOT NULL,
    times   INTEGER NOT NULL,
    PRIMARY KEY (person, key, team_id)
) STRICT, WITHOUT ROWID;

-- What is told, in the order of reading.
CREATE TEMP TABLE delta (
    id INTEGER PRIMARY KEY, person INTEGER, stretch INTEGER, code INTEGER, team_id TEXT, count INTEGER, times INTEGER
) STRICT;
CREATE TEMP TABLE step (
    id INTEGER PRIMARY KEY, user_number INTEGER, time INTEGER, previous_code INTEGER, previous_team_id TEXT, code INTEGER,
    team_id TEXT
) STRICT;

-- The first change at the last bound or later.
CREATE TEMP TABLE after (
    user_number INTEGER PRIMARY KEY, revision INTEGER NOT NULL, state INTEGER NOT NULL, team_id TEXT NOT NULL
) STRICT;
CREATE TEMP TABLE lease_after (
    place INTEGER PRIMARY KEY,  -- user number * 64 + kind
    begins INTEGER NOT NULL, team_id TEXT NOT NULL
) STRICT;

-- Who came to a team, or left it, by the daily sums: those of somebody who stayed add up to nothing.
CREATE TEMP TABLE moved (
    user_number INTEGER, team_id TEXT, count INTEGER NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (user_number, team_id)
) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE leaver (id INTEGER PRIMARY KEY, user_number INTEGER, team_id TEXT) STRICT;

-- What daily sums from the last bound on add.
CREATE TEMP TABLE later (
    person INTEGER, code INTEGER, team_id TEXT, count INTEGER NOT NULL, UNIQUE (person, code, team_id)
) STRICT;

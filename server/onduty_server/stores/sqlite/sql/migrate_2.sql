-- From version 1: workflow changes in the history, for watchers, and the key that tokens are signed with.

CREATE TABLE workflow_change (
    account_number INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    commit_time    INTEGER NOT NULL,
    workflow       TEXT NOT NULL,  -- JSON
    PRIMARY KEY (account_number, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    token_key BLOB NOT NULL
) STRICT;

INSERT INTO secret (id, token_key) VALUES (1, randomblob(32));

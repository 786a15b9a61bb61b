-- From version 5: people and teams, and erasing them.

-- A person who was erased leaves a row with the number, which is never given again, and without an id (state 0).
ALTER TABLE user ADD COLUMN display_name TEXT NOT NULL DEFAULT '';
ALTER TABLE user ADD COLUMN team_id TEXT NOT NULL DEFAULT '';

-- The team at the time of the change.
ALTER TABLE status_change ADD COLUMN team_id TEXT NOT NULL DEFAULT '';

-- The team whose workflow it is; '' for the account's.
ALTER TABLE workflow_change ADD COLUMN team_id TEXT NOT NULL DEFAULT '';

-- The revision after which those of the account begin.
ALTER TABLE account ADD COLUMN first_revision INTEGER NOT NULL DEFAULT 0;

-- Teams that have a workflow of their own, or had one and follow the account's since.
CREATE TABLE team_workflow (
    account_number INTEGER NOT NULL,
    team_id        TEXT NOT NULL,
    workflow       TEXT NOT NULL,  -- JSON
    past           TEXT NOT NULL,  -- JSON, as in `account`
    PRIMARY KEY (account_number, team_id)
) STRICT, WITHOUT ROWID;

-- Changes of names and teams, and erasures.
CREATE TABLE user_change (
    account_number        INTEGER NOT NULL,
    revision              INTEGER NOT NULL,
    user_number           INTEGER NOT NULL,
    display_name          TEXT NOT NULL,
    team_id               TEXT NOT NULL,
    previous_display_name TEXT NOT NULL,
    previous_team_id      TEXT NOT NULL,
    commit_time           INTEGER NOT NULL,
    actor                 TEXT NOT NULL,
    caller                TEXT NOT NULL,
    erased                INTEGER NOT NULL,
    PRIMARY KEY (account_number, revision)
) STRICT, WITHOUT ROWID;

-- The numbers of erased accounts, which are never given again. While `is_left`, some of their rows are still there.
CREATE TABLE erased_account (
    number  INTEGER PRIMARY KEY,
    is_left INTEGER NOT NULL
) STRICT;

CREATE TABLE erasure (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    first_revision INTEGER NOT NULL,  -- the revision after which those of a new account begin
    cleaning       INTEGER NOT NULL   -- what of the erased may be left in unused parts of the files: see cleaning.py
) STRICT;

INSERT INTO erasure (id, first_revision, cleaning) VALUES (1, 0, 2);

-- Nobody asks who made a workflow that is no longer in force, except in its history.
UPDATE account SET past = (
    SELECT json_group_array(json_set(value, '$.workflow.updated_by', '', '$.workflow.update_caller', ''))
    FROM json_each(past)
)
WHERE past <> '[]';

CREATE INDEX status_change_of_team ON status_change (account_number, team_id, revision) WHERE team_id <> '';
CREATE INDEX workflow_change_of_team ON workflow_change (account_number, team_id, revision);
CREATE INDEX user_change_of_user ON user_change (account_number, user_number);

-- By these the traces of an erased person are found.
CREATE INDEX user_by_actor ON user (account_number, actor) WHERE actor <> '';
CREATE INDEX status_change_by_actor ON status_change (account_number, actor) WHERE actor <> '';
CREATE INDEX status_change_by_caller ON status_change (account_number, caller) WHERE caller <> '';
CREATE INDEX user_change_by_actor ON user_change (account_number, actor) WHERE actor <> '';
CREATE INDEX user_change_by_caller ON user_change (account_number, caller) WHERE caller <> '';
CREATE INDEX workflow_change_by_actor ON workflow_change (account_number, workflow ->> 'updated_by')
WHERE workflow ->> 'updated_by' <> '';
CREATE INDEX workflow_change_by_caller ON workflow_change (account_number, workflow ->> 'update_caller')
WHERE workflow ->> 'update_caller' <> '';
CREATE INDEX team_workflow_by_actor ON team_workflow (account_number, workflow ->> 'updated_by')
WHERE workflow ->> 'updated_by' <> '';
CREATE INDEX team_workflow_by_caller ON team_workflow (account_number, workflow ->> 'update_caller')
WHERE workflow ->> 'update_caller' <> '';

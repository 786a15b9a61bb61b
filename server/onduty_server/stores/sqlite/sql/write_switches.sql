-- :runs is a JSON array of SwitchRun. Of each user only what a timed switch changes is written, and nothing that stands
-- between quotes: a fourth of what a whole row costs. Without MATERIALIZED, SQLite would look through all runs for each
-- user of the account.

WITH
    run(account_number, first_revision, state, commit_time, users) AS MATERIALIZED (
        SELECT value ->> 0, value ->> 1, value ->> 3, value ->> 4, value -> 6 FROM json_each(:runs)
    ),
    switch(account_number, number, state, status_since, revision) AS MATERIALIZED (
        SELECT
            run.account_number, one.value & 0xffffffff, run.state, run.commit_time - (one.value >> 32),
            run.first_revision + one.key
        FROM run CROSS JOIN json_each(run.users) AS one
    )
UPDATE user SET
    state = switch.state, status_since = switch.status_since, actor = '', reason = '', revision = switch.revision
FROM switch
WHERE user.account_number = switch.account_number AND user.number = switch.number
    AND user.revision < switch.revision;

WITH run(account_number, first_revision, previous_state, state, commit_time, team_id, users) AS MATERIALIZED (
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value -> 6
    FROM json_each(:runs)
)
INSERT INTO status_change
    (account_number, revision, user_number, previous_state, state, effective_time, commit_time, actor, reason, caller,
     expire_time, then_status, team_id)
SELECT
    run.account_number, run.first_revision + one.key, one.value & 0xffffffff, run.previous_state, run.state,
    run.commit_time - (one.value >> 32), run.commit_time, '', '', '', NULL, NULL, run.team_id
FROM run CROSS JOIN json_each(run.users) AS one

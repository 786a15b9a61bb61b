-- ?1: a JSON array of [account_number, revision, commit_time, workflow, team_id].
INSERT INTO workflow_change (account_number, revision, commit_time, workflow, team_id)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1)

-- ?1: a JSON array of [account_number, team_id, workflow, past].
INSERT INTO team_workflow (account_number, team_id, workflow, past)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1) WHERE true
ON CONFLICT (account_number, team_id) DO UPDATE SET workflow = excluded.workflow, past = excluded.past

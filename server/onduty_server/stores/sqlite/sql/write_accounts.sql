-- ?1: a JSON array of [number, account_id, workflow, past].
INSERT INTO account (number, account_id, workflow, past)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1) WHERE true
ON CONFLICT (number) DO UPDATE SET workflow = excluded.workflow, past = excluded.past

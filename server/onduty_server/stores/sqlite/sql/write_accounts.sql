-- ?1: a JSON array of [number, account_id, workflow, past, first_revision].
INSERT INTO account (number, account_id, workflow, past, first_revision)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?1) WHERE true
ON CONFLICT (number) DO UPDATE SET workflow = excluded.workflow, past = excluded.past

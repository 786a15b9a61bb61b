-- ?1: a JSON array of [number, account_id, workflow, past, first_revision, time_zone].
INSERT INTO account (number, account_id, workflow, past, first_revision, time_zone)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1) WHERE true
ON CONFLICT (number) DO UPDATE
SET workflow = excluded.workflow, past = excluded.past, time_zone = excluded.time_zone

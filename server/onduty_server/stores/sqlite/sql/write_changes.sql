-- ?1: a JSON array of changes, each an array in the order of the table's columns.
INSERT INTO status_change
    (account_number, revision, user_number, previous_state, state, effective_time, commit_time, actor, reason, caller,
     expire_time, then_status, team_id)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
    value ->> 9, value ->> 10, value ->> 11, value ->> 12
FROM json_each(?1)

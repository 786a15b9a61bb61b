-- ?1: a JSON array of changes, each an array in the order of the table's columns.
INSERT INTO user_change
    (account_number, revision, user_number, display_name, team_id, previous_display_name, previous_team_id, commit_time,
     actor, caller, erased, state)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
    value ->> 9, value ->> 10, value ->> 11
FROM json_each(?1)

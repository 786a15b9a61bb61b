-- ?1: a JSON array of users, each an array in the order of the table's columns. One statement for many rows: SQLite
-- works through them without Python's lock, which a statement a row would have to win back from the event loop each time.
REPLACE INTO user
    (account_number, number, user_id, state, status_since, last_activity, clock, actor, reason, revision, layers,
     display_name, team_id)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
    value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10,
    value ->> 11, value ->> 12
FROM json_each(?1)

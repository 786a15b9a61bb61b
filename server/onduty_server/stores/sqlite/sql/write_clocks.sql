-- ?1: a JSON array of [account_number, number, last_activity, clock]. A clock never moves back, so that an entry older
-- than a row written in the same transaction does no harm; of several entries of one user the newest counts.
UPDATE user
SET last_activity = max(coalesce(user.last_activity, moved.last_activity), moved.last_activity),
    clock = max(user.clock, moved.clock)
FROM (
    SELECT
        value ->> 0 AS account_number, value ->> 1 AS number,
        max(value ->> 2) AS last_activity, max(value ->> 3) AS clock
    FROM json_each(?1) GROUP BY 1, 2
) AS moved
WHERE user.account_number = moved.account_number AND user.number = moved.number

-- ?1: a JSON array of [account_number, number, last_activity, clock, layers], one of each user.
UPDATE user SET last_activity = moved.last_activity, clock = moved.clock, layers = moved.layers
FROM (
    SELECT
        value ->> 0 AS account_number, value ->> 1 AS number,
        value ->> 2 AS last_activity, value ->> 3 AS clock, value ->> 4 AS layers
    FROM json_each(?1)
) AS moved
WHERE user.account_number = moved.account_number AND user.number = moved.number
    AND user.user_id <> ''

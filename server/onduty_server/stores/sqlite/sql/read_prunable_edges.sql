-- The first account from number :from on with edges before :before, or before its time in the JSON object :until:
-- [number, time zone, the later of these times].
SELECT number, time_zone, before FROM (
    SELECT
        number, time_zone, max(:before, coalesce(:until ->> ('$."' || number || '"'), 0)) AS before,
        (SELECT time FROM lease_edge WHERE account_number = account.number ORDER BY time LIMIT 1) AS oldest
    FROM account WHERE number >= :from
)
WHERE oldest < before
ORDER BY number LIMIT 1

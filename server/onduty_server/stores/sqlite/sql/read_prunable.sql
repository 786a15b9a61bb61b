-- The first account from number :from on that keeps too old or too many changes, of statuses and of users taken together:
-- [number, time zone, oldest, newest revision].
SELECT number, time_zone, min(oldest, oldest_of_user), max(newest, newest_of_user) FROM (
    SELECT
        account.number AS number, account.time_zone AS time_zone,
        coalesce((SELECT revision FROM status_change AS c WHERE c.account_number = account.number
         ORDER BY revision LIMIT 1), 1 << 62) AS oldest,
        coalesce((SELECT revision FROM user_change AS c WHERE c.account_number = account.number
         ORDER BY revision LIMIT 1), 1 << 62) AS oldest_of_user,
        coalesce((SELECT revision FROM status_change AS c WHERE c.account_number = account.number
         ORDER BY revision DESC LIMIT 1), 0) AS newest,
        coalesce((SELECT revision FROM user_change AS c WHERE c.account_number = account.number
         ORDER BY revision DESC LIMIT 1), 0) AS newest_of_user,
        (SELECT commit_time FROM status_change AS c WHERE c.account_number = account.number
         ORDER BY revision LIMIT 1) AS oldest_time,
        (SELECT commit_time FROM user_change AS c WHERE c.account_number = account.number
         ORDER BY revision LIMIT 1) AS oldest_time_of_user
    FROM account WHERE account.number >= :from
)
WHERE CASE WHEN oldest < oldest_of_user THEN oldest_time ELSE oldest_time_of_user END < :before
    OR max(newest, newest_of_user) - min(oldest, oldest_of_user) >= :keep
ORDER BY number LIMIT 1

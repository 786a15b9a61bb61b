-- The first account from number :from on that keeps too old or too many changes of users: [number, oldest, newest revision].
SELECT number, oldest, newest FROM (
    SELECT
        account.number AS number,
        (SELECT revision FROM user_change AS c WHERE c.account_number = account.number
         ORDER BY revision LIMIT 1) AS oldest,
        (SELECT revision FROM user_change AS c WHERE c.account_number = account.number
         ORDER BY revision DESC LIMIT 1) AS newest,
        (SELECT commit_time FROM user_change AS c WHERE c.account_number = account.number
         ORDER BY revision LIMIT 1) AS oldest_time
    FROM account WHERE account.number >= :from
)
WHERE oldest_time < :before OR newest - oldest >= :keep
ORDER BY number LIMIT 1

-- The erased of whom rows of others may still tell: see erase_users.sql.
SELECT account_number, number, actor, revision FROM user WHERE user_id = '' AND actor <> ''

-- :clocks: a JSON array of integers, one of each user (packed_clocks.py); :account, :number, :clock: what the parts of
-- each are counted from. The account's number is computed from the row, or SQLite would read all users of the account.
UPDATE user SET
    last_activity = :clock + (moved.value & 2147483647), clock = :clock + (moved.value & 2147483647), layers = ''
FROM json_each(:clocks) AS moved
WHERE user.account_number = :account + (moved.value >> 47)
    AND user.number = :number + (moved.value >> 31 & 65535)
    AND user.user_id <> ''

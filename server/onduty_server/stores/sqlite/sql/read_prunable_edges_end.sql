SELECT time FROM lease_edge WHERE account_number = :account_number AND time < :before
ORDER BY time, user_number, kind, seq LIMIT 1 OFFSET :rows - 1

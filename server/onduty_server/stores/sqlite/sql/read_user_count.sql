SELECT number + 1 FROM user WHERE account_number = ?1 ORDER BY number DESC LIMIT 1

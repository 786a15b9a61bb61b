SELECT number, account_id FROM account WHERE number >= :from ORDER BY number LIMIT :limit

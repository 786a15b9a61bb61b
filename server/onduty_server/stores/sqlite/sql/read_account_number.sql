SELECT number FROM account WHERE account_id = ?1

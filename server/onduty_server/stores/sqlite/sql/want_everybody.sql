INSERT INTO temp.wanted SELECT number FROM user WHERE account_number = :account_number

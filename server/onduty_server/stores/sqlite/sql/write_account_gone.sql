UPDATE erased_account SET is_left = 0 WHERE number = ?1

SELECT number FROM erased_account WHERE number = ?1

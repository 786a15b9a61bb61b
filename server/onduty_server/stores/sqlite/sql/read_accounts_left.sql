SELECT number FROM erased_account WHERE is_left ORDER BY number

SELECT number FROM erased_account ORDER BY number

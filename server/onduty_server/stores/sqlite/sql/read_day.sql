SELECT id FROM summed_day WHERE account_number = ?1 AND day_start = ?2 AND day_end = ?3

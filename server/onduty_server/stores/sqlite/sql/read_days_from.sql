SELECT id FROM summed_day WHERE account_number = :account_number AND day_start >= :end ORDER BY day_start

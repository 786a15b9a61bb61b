INSERT INTO summed_day (account_number, day_start, day_end) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING

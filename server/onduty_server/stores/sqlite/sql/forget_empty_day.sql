DELETE FROM summed_day WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM day_sum WHERE day_id = ?1)

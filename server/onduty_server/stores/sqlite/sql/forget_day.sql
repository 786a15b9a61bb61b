DELETE FROM summed_day WHERE id = ?1

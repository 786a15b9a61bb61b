-- If day ?1 has more than ?2 sums: the user up to whom there are about so many.
SELECT user_number FROM day_sum WHERE day_id = ?1 ORDER BY user_number, team_id, code LIMIT 1 OFFSET ?2

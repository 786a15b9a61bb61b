SELECT user_number FROM summed_day AS d CROSS JOIN day_sum AS s ON s.day_id = d.id
WHERE d.account_number = :account_number AND d.day_end > :start AND s.team_id = :team_id AND s.code < 32
GROUP BY user_number HAVING sum(count) < 0 OR (sum(count) = 0 AND sum(times) <> 0)

-- What the days from :end on add, by [person, code, team_id].
SELECT
    CASE WHEN :apart OR user_number IN (SELECT user_number FROM temp.leaver) THEN user_number ELSE -1 END AS person,
    code, CASE WHEN :teams THEN team_id ELSE '' END AS team_id, sum(count)
FROM summed_day AS d CROSS JOIN day_sum AS s ON s.day_id = d.id
WHERE d.account_number = :account_number AND d.day_start >= :end
    AND (:everybody OR user_number IN (SELECT number FROM temp.wanted))
GROUP BY 1, 2, 3 HAVING sum(count) <> 0

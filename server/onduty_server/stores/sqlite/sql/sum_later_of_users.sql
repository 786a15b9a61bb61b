INSERT INTO temp.later (person, code, team_id, count)
SELECT
    CASE WHEN :apart OR user_number IN (SELECT user_number FROM temp.leaver) THEN user_number ELSE -1 END,
    code, CASE WHEN :teams THEN team_id ELSE '' END, count
FROM temp.wanted AS w CROSS JOIN day_sum AS s ON s.day_id = :day_id AND s.user_number = w.number
WHERE count <> 0
ON CONFLICT DO UPDATE SET count = count + excluded.count

INSERT INTO temp.moved (user_number, team_id, count, times)
SELECT s.user_number, s.team_id, sum(s.count), sum(s.times)
FROM temp.wanted AS w CROSS JOIN day_sum AS s ON s.day_id = :day_id AND s.user_number = w.number AND s.code < 32
GROUP BY s.user_number, s.team_id HAVING sum(s.count) <> 0 OR sum(s.times) <> 0
ON CONFLICT DO UPDATE SET count = count + excluded.count, times = times + excluded.times

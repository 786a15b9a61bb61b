INSERT INTO temp.summed (person, key, team_id, count, times)
SELECT
    CASE WHEN :apart THEN user_number ELSE -1 END, :stretch * 4096 + code, CASE WHEN :teams THEN team_id ELSE '' END,
    count, times - count * :start
FROM day_sum WHERE day_id = :day_id
ON CONFLICT DO UPDATE SET count = count + excluded.count, times = times + excluded.times

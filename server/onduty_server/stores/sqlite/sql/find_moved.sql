-- Sessions and engagements do not count: the states of somebody who stays in a team add up to nothing.
INSERT INTO temp.moved (user_number, team_id, count, times)
SELECT user_number, team_id, sum(count), sum(times) FROM day_sum WHERE day_id = :day_id AND code < 32
    AND (:everybody OR user_number IN (SELECT number FROM temp.wanted))
GROUP BY user_number, team_id HAVING sum(count) <> 0 OR sum(times) <> 0
ON CONFLICT DO UPDATE SET count = count + excluded.count, times = times + excluded.times

INSERT INTO day_sum (day_id, user_number, team_id, code, count, times)
SELECT
    :day_id, user_number, team_id, kind,
    sum(CASE WHEN begins THEN 1 ELSE -1 END), sum(CASE WHEN begins THEN time ELSE -time END)
FROM lease_edge
WHERE account_number = :account_number AND time >= :start AND time < :end AND time <= :until
GROUP BY user_number, team_id, kind
HAVING sum(CASE WHEN begins THEN 1 ELSE -1 END) <> 0 OR sum(CASE WHEN begins THEN time ELSE -time END) <> 0
ON CONFLICT DO UPDATE SET count = count + excluded.count, times = times + excluded.times

INSERT INTO temp.summed (person, key, team_id, count, times)
SELECT
    CASE WHEN :apart THEN user_number ELSE -1 END,
    (SELECT number FROM temp.stretch WHERE begin <= time ORDER BY begin DESC LIMIT 1) * 4096
    + CASE WHEN begins THEN kind ELSE kind * 64 END,
    CASE WHEN :teams THEN team_id ELSE '' END, 1, time - :start
FROM lease_edge
WHERE account_number = :account_number AND time >= :start AND time < :end
    AND (:everybody OR user_number IN (SELECT number FROM temp.wanted))
ON CONFLICT DO UPDATE SET count = count + 1, times = times + excluded.times

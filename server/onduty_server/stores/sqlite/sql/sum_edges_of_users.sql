INSERT INTO temp.summed (person, key, team_id, count, times)
SELECT
    CASE WHEN :apart THEN user_number ELSE -1 END,
    (SELECT number FROM temp.stretch WHERE begin <= time ORDER BY begin DESC LIMIT 1) * 4096
    + CASE WHEN begins THEN k.kind ELSE k.kind * 64 END,
    CASE WHEN :teams THEN team_id ELSE '' END, 1, time - :start
FROM temp.wanted AS w CROSS JOIN (SELECT 32 AS kind UNION ALL SELECT 33) AS k
CROSS JOIN lease_edge AS e INDEXED BY lease_edge_of_user
    ON e.account_number = :account_number AND e.user_number = w.number AND e.kind = k.kind
WHERE time >= :start AND time < :end
ON CONFLICT DO UPDATE SET count = count + 1, times = times + excluded.times

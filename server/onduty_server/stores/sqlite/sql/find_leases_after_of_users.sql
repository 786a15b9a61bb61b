INSERT INTO temp.lease_after (place, begins, team_id)
SELECT e.user_number * 64 + e.kind, e.begins, e.team_id
FROM temp.wanted AS w CROSS JOIN (SELECT 32 AS kind UNION ALL SELECT 33) AS k
CROSS JOIN lease_edge AS e INDEXED BY lease_edge_of_user
    ON e.account_number = :account_number AND e.user_number = w.number AND e.kind = k.kind AND (e.time, e.seq) = (
        SELECT time, seq FROM lease_edge INDEXED BY lease_edge_of_user
        WHERE account_number = :account_number AND user_number = w.number AND kind = k.kind AND time >= :end
        ORDER BY time, seq LIMIT 1
    )

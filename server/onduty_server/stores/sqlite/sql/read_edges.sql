SELECT time, user_number, kind, seq, begins, team_id FROM lease_edge
WHERE account_number = :account_number AND (time, user_number, kind, seq) > (:time, :user_number, :kind, :seq)
ORDER BY time, user_number, kind, seq LIMIT :limit

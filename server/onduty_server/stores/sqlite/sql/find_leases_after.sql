INSERT INTO temp.lease_after (place, begins, team_id)
SELECT user_number * 64 + kind, begins, team_id FROM lease_edge
WHERE account_number = :account_number AND time >= :end
ORDER BY account_number, time, user_number, kind, seq
ON CONFLICT DO NOTHING

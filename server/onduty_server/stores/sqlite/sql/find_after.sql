INSERT INTO temp.after (user_number, revision, state, team_id)
SELECT user_number, revision, previous_state, team_id FROM status_change
WHERE account_number = :account_number AND revision >= :from AND effective_time >= :end
    AND (:everybody OR user_number IN (SELECT number FROM temp.wanted))
ORDER BY revision
ON CONFLICT DO NOTHING

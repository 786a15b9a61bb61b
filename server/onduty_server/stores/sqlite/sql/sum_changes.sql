INSERT INTO temp.summed (person, key, team_id, count, times)
SELECT
    CASE WHEN :apart THEN user_number ELSE -1 END,
    ((SELECT number FROM temp.stretch WHERE begin <= effective_time ORDER BY begin DESC LIMIT 1) * 64 + previous_state) * 64
    + state,
    CASE WHEN :teams THEN team_id ELSE '' END, 1, effective_time - :start
FROM status_change
WHERE account_number = :account_number AND revision BETWEEN :from AND :until
    AND effective_time >= :start AND effective_time < :end AND previous_state <> state
    AND (:everybody OR user_number IN (SELECT number FROM temp.wanted))
ON CONFLICT DO UPDATE SET count = count + 1, times = times + excluded.times

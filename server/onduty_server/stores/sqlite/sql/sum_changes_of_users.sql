INSERT INTO temp.summed (person, key, team_id, count, times)
SELECT
    CASE WHEN :apart THEN user_number ELSE -1 END,
    ((SELECT number FROM temp.stretch WHERE begin <= effective_time ORDER BY begin DESC LIMIT 1) * 64 + previous_state) * 64
    + state,
    CASE WHEN :teams THEN team_id ELSE '' END, 1, effective_time - :start
FROM temp.wanted AS w
CROSS JOIN status_change AS c INDEXED BY status_change_of_user
    ON c.account_number = :account_number AND c.user_number = w.number AND c.revision >= :from
WHERE w.number BETWEEN :first_user AND :last_user
    AND effective_time >= :start AND effective_time < :end AND previous_state <> state
ON CONFLICT DO UPDATE SET count = count + 1, times = times + excluded.times

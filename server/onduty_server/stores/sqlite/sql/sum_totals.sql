INSERT INTO temp.total (key, count, times)
SELECT
    ((SELECT number FROM temp.stretch WHERE begin <= effective_time ORDER BY begin DESC LIMIT 1) * 64 + previous_state) * 64
    + state,
    1, effective_time - :start
FROM status_change
WHERE account_number = :account_number AND revision BETWEEN :from AND :until
    AND effective_time >= :start AND effective_time < :end AND previous_state <> state
ON CONFLICT DO UPDATE SET count = count + 1, times = times + excluded.times

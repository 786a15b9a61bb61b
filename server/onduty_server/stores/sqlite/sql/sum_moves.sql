-- A move is an end in one team and a beginning in the other, an erasure an end only.
INSERT INTO temp.summed (person, key, team_id, count, times)
SELECT
    CASE WHEN :apart THEN user_number ELSE -1 END,
    (SELECT number FROM temp.stretch WHERE begin <= commit_time ORDER BY begin DESC LIMIT 1) * 4096
    + CASE WHEN ends THEN state * 64 ELSE state END,
    CASE WHEN NOT :teams THEN '' WHEN ends THEN previous_team_id ELSE team_id END, 1, commit_time - :start
FROM user_change CROSS JOIN (SELECT 1 AS ends UNION ALL SELECT 0)
WHERE account_number = :account_number AND revision >= :from AND commit_time >= :start AND commit_time < :end
    AND state <> 0 AND (erased OR team_id <> previous_team_id) AND (ends OR NOT erased)
    AND (:everybody OR user_number IN (SELECT number FROM temp.wanted))
ON CONFLICT DO UPDATE SET count = count + 1, times = times + excluded.times

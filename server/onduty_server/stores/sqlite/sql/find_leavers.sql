INSERT INTO temp.leaver (user_number, team_id)
SELECT user_number, team_id FROM temp.moved WHERE count < 0 OR (count = 0 AND times <> 0)
UNION
SELECT user_number, previous_team_id FROM user_change
WHERE account_number = :account_number AND revision >= :from AND commit_time > :start AND commit_time < :end
    AND state <> 0 AND (erased OR team_id <> previous_team_id)
    AND (:everybody OR user_number IN (SELECT number FROM temp.wanted))

SELECT DISTINCT user_number FROM user_change
WHERE account_number = :account_number AND revision >= :from AND commit_time >= :start
    AND previous_team_id = :team_id AND (erased OR team_id <> previous_team_id)

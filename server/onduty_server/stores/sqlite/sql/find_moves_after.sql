INSERT INTO temp.after (user_number, revision, state, team_id)
SELECT user_number, revision, state, previous_team_id FROM user_change
WHERE account_number = :account_number AND revision >= :from AND commit_time >= :end
    AND (erased OR team_id <> previous_team_id)
    AND (:everybody OR user_number IN (SELECT number FROM temp.wanted))
ON CONFLICT DO UPDATE SET revision = excluded.revision, state = excluded.state, team_id = excluded.team_id
WHERE excluded.revision < revision

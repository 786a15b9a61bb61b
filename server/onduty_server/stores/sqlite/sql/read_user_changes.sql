SELECT
    account_number, revision, user_number, display_name, team_id, previous_display_name, previous_team_id, commit_time,
    actor, caller, erased, state
FROM user_change
WHERE account_number = :account_number AND revision > :after
ORDER BY revision LIMIT :limit

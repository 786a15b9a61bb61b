SELECT account_number, revision, user_number, previous_state, state, effective_time, commit_time, actor, reason, caller,
    expire_time, then_status, team_id
FROM status_change
WHERE account_number = :account_number AND revision > :after
ORDER BY revision LIMIT :limit

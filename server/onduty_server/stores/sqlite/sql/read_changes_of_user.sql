SELECT account_number, revision, user_number, previous_state, state, effective_time, commit_time, actor, reason, caller,
    expire_time, then_status, team_id
FROM status_change INDEXED BY status_change_of_user
WHERE account_number = :account_number AND user_number = :user_number AND revision > :after
  AND (:team_id IS NULL OR team_id = :team_id) AND effective_time >= :start AND effective_time < :end
ORDER BY revision LIMIT :limit

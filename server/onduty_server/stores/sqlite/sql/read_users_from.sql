SELECT account_number, number, user_id, state, status_since, last_activity, clock, actor, reason, revision, layers,
    display_name, team_id
FROM user WHERE account_number = :account_number AND number >= :from
ORDER BY number LIMIT :limit

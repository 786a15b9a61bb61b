SELECT account_number, number, user_id, state, status_since, last_activity, clock, actor, reason, revision, layers
FROM user ORDER BY account_number, number

-- Without those of accounts that are being erased.
SELECT account_number, number, user_id, state, status_since, last_activity, clock, actor, reason, revision, layers,
    display_name, team_id
FROM user WHERE account_number NOT IN (SELECT number FROM erased_account) ORDER BY account_number, number

-- The id of the user, then a change with its columns in the order of the table.
SELECT
    u.user_id, c.account_number, c.revision, c.user_number, c.previous_state, c.state, c.effective_time, c.commit_time,
    c.actor, c.reason, c.caller, c.expire_time, c.then_status, c.team_id
FROM status_change AS c
LEFT JOIN user AS u ON u.account_number = c.account_number AND u.number = c.user_number
WHERE c.account_number = :account_number AND c.revision > :after
ORDER BY c.revision LIMIT :limit

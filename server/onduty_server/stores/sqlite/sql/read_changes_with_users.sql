SELECT c.revision, c.commit_time, c.user_number, u.user_id, c.previous_state, c.state, c.effective_time, c.actor, c.reason,
    c.caller
FROM status_change AS c
LEFT JOIN user AS u ON u.account_number = c.account_number AND u.number = c.user_number
WHERE c.account_number = :account_number AND c.revision > :after
ORDER BY c.revision LIMIT :limit

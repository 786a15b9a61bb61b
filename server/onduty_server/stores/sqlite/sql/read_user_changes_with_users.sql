-- The id of the user, then a change of the user with its columns in the order of the table.
SELECT
    u.user_id, c.account_number, c.revision, c.user_number, c.display_name, c.team_id, c.previous_display_name,
    c.previous_team_id, c.commit_time, c.actor, c.caller, c.erased, c.state
FROM user_change AS c
LEFT JOIN user AS u ON u.account_number = c.account_number AND u.number = c.user_number
WHERE c.account_number = :account_number AND c.revision > :after
ORDER BY c.revision LIMIT :limit

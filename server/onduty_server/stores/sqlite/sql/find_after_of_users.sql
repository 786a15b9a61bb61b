INSERT INTO temp.after (user_number, revision, state, team_id)
SELECT c.user_number, c.revision, c.previous_state, c.team_id
FROM temp.wanted AS w
CROSS JOIN status_change AS c ON c.account_number = :account_number AND c.revision = (
    SELECT revision FROM status_change INDEXED BY status_change_of_user
    WHERE account_number = :account_number AND user_number = w.number AND revision >= :from AND effective_time >= :end
    ORDER BY revision LIMIT 1
)

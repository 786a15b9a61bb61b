-- The steps of some of the wanted users, in the order of their revisions. Sessions and engagements have none.
INSERT INTO temp.step (user_number, time, previous_code, previous_team_id, code, team_id)
SELECT user_number, time, previous_code, previous_team_id, code, team_id FROM (
    SELECT
        c.user_number, c.revision, c.effective_time AS time, c.previous_state AS previous_code,
        c.team_id AS previous_team_id, c.state AS code, c.team_id
    FROM temp.wanted AS w
    CROSS JOIN status_change AS c INDEXED BY status_change_of_user
        ON c.account_number = :account_number AND c.user_number = w.number AND c.revision >= :from
    WHERE w.number BETWEEN :first_user AND :last_user AND c.effective_time >= :start AND c.effective_time < :end
    UNION ALL
    SELECT
        c.user_number, c.revision, c.commit_time, c.state, c.previous_team_id,
        CASE WHEN c.erased THEN 0 ELSE c.state END, c.team_id
    FROM temp.wanted AS w
    CROSS JOIN user_change AS c INDEXED BY user_change_of_user
        ON c.account_number = :account_number AND c.user_number = w.number AND c.revision >= :from_moves
    WHERE w.number BETWEEN :first_user AND :last_user AND c.commit_time >= :start AND c.commit_time < :end
        AND c.state <> 0 AND (c.erased OR c.team_id <> c.previous_team_id)
)
ORDER BY user_number, revision

-- The steps of some of the wanted users in the order of their revisions, then those of sessions and engagements.
INSERT INTO temp.step (user_number, time, previous_code, previous_team_id, code, team_id)
SELECT user_number, time, previous_code, previous_team_id, code, team_id FROM (
    SELECT
        c.user_number, c.revision AS place, 0 AS seq, c.effective_time AS time,
        c.previous_state AS previous_code, c.team_id AS previous_team_id, c.state AS code, c.team_id
    FROM temp.wanted AS w
    CROSS JOIN status_change AS c INDEXED BY status_change_of_user
        ON c.account_number = :account_number AND c.user_number = w.number AND c.revision >= :from
    WHERE w.number BETWEEN :first_user AND :last_user AND c.effective_time >= :start AND c.effective_time < :end
        AND c.previous_state <> c.state
    UNION ALL
    SELECT
        c.user_number, c.revision, 0, c.commit_time, c.state, c.previous_team_id, CASE WHEN c.erased THEN 0 ELSE c.state END,
        c.team_id
    FROM temp.wanted AS w
    CROSS JOIN user_change AS c INDEXED BY user_change_of_user
        ON c.account_number = :account_number AND c.user_number = w.number AND c.revision >= :from_moves
    WHERE w.number BETWEEN :first_user AND :last_user AND c.commit_time >= :start AND c.commit_time < :end
        AND c.state <> 0 AND (c.erased OR c.team_id <> c.previous_team_id)
    UNION ALL
    SELECT
        e.user_number, (1 << 61) + e.time, e.seq, e.time, CASE WHEN e.begins THEN 0 ELSE e.kind END, e.team_id,
        CASE WHEN e.begins THEN e.kind ELSE 0 END, e.team_id
    FROM temp.wanted AS w CROSS JOIN (SELECT 32 AS kind UNION ALL SELECT 33) AS k
    CROSS JOIN lease_edge AS e INDEXED BY lease_edge_of_user
        ON e.account_number = :account_number AND e.user_number = w.number AND e.kind = k.kind
    WHERE w.number BETWEEN :first_user AND :last_user AND e.time >= :start AND e.time < :end
)
ORDER BY user_number, place, seq

-- Up to :limit rows of each table. There is no LIMIT in a DELETE of every build of SQLite.

DELETE FROM status_change WHERE account_number = :account_number AND revision IN (
    SELECT revision FROM status_change WHERE account_number = :account_number LIMIT :limit
);

DELETE FROM user_change WHERE account_number = :account_number AND revision IN (
    SELECT revision FROM user_change WHERE account_number = :account_number LIMIT :limit
);

DELETE FROM workflow_change WHERE account_number = :account_number AND revision IN (
    SELECT revision FROM workflow_change WHERE account_number = :account_number LIMIT :limit
);

DELETE FROM user WHERE account_number = :account_number AND number IN (
    SELECT number FROM user WHERE account_number = :account_number LIMIT :limit
);

DELETE FROM team_workflow WHERE account_number = :account_number AND team_id IN (
    SELECT team_id FROM team_workflow WHERE account_number = :account_number LIMIT :limit
);

DELETE FROM milestone WHERE account_number = :account_number AND lineage_id IN (
    SELECT lineage_id FROM milestone WHERE account_number = :account_number LIMIT :limit
);

DELETE FROM lease_edge WHERE account_number = :account_number AND (time, user_number, kind, seq) IN (
    SELECT time, user_number, kind, seq FROM lease_edge WHERE account_number = :account_number LIMIT :limit
);

DELETE FROM day_sum WHERE (day_id, user_number, team_id, code) IN (
    SELECT day_id, s.user_number, s.team_id, s.code FROM summed_day AS d CROSS JOIN day_sum AS s ON s.day_id = d.id
    WHERE d.account_number = :account_number LIMIT :limit
);

-- Its sums lead to an account by the day, so a day without any is the last to go.
DELETE FROM summed_day WHERE id IN (
    SELECT id FROM summed_day AS d
    WHERE d.account_number = :account_number AND NOT EXISTS (SELECT 1 FROM day_sum WHERE day_id = d.id)
    LIMIT :limit
);

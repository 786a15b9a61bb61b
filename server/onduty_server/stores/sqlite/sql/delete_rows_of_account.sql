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

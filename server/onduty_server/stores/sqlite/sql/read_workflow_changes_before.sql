SELECT account_number, revision, commit_time, workflow
FROM workflow_change
WHERE account_number = :account_number AND team_id = :team_id AND revision < :before
ORDER BY revision DESC LIMIT :limit

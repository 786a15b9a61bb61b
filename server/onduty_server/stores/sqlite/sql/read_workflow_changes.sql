SELECT account_number, revision, commit_time, workflow
FROM workflow_change
WHERE account_number = :account_number AND revision > :after
ORDER BY revision LIMIT :limit

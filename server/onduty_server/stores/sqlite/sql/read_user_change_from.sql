-- The first kept change of a user of a revision of at least ?2: [revision, commit_time].
SELECT revision, commit_time FROM user_change WHERE account_number = ?1 AND revision >= ?2 ORDER BY revision LIMIT 1

-- An account by its id, its settings, the last revision of its users, and when it was last changed as far as its history
-- tells.
SELECT
    a.number, a.workflow, a.past, a.floor, a.time_zone, a.known_since,
    max(a.first_revision, coalesce((SELECT max(revision) FROM user WHERE account_number = a.number), 0)),
    (SELECT commit_time FROM status_change WHERE account_number = a.number ORDER BY revision DESC LIMIT 1),
    (SELECT commit_time FROM user_change WHERE account_number = a.number ORDER BY revision DESC LIMIT 1),
    (SELECT commit_time FROM workflow_change WHERE account_number = a.number ORDER BY revision DESC LIMIT 1)
FROM account AS a WHERE a.account_id = ?1

SELECT
    (SELECT count(*) FROM account),
    (SELECT count(*) FROM user WHERE user_id <> ''),
    (SELECT count(*) FROM status_change) + (SELECT count(*) FROM user_change) + (SELECT count(*) FROM workflow_change),
    (SELECT count(*) FROM user WHERE user_id = '')

-- :erased is a JSON array of [account_number, number, user_id, revision of the erasure]. What the person did to others is
-- found by the id, so it is only looked for before that revision: somebody else may have the id by now.

-- The person. The row stays for the number, and for the revision that the account has reached. While it has an actor, what
-- that person did to others is still to be erased (erase_traces.sql).
REPLACE INTO user
    (account_number, number, user_id, state, status_since, last_activity, clock, actor, reason, revision, layers,
     display_name, team_id)
SELECT value ->> 0, value ->> 1, '', 0, 0, NULL, 0, value ->> 2, '', value ->> 3, '', '', '' FROM json_each(:erased);

UPDATE status_change SET actor = '', reason = '', caller = ''
WHERE (account_number, revision) IN (
    SELECT c.account_number, c.revision FROM json_each(:erased) AS e
    CROSS JOIN status_change AS c INDEXED BY status_change_of_user
        ON c.account_number = e.value ->> 0 AND c.user_number = e.value ->> 1
);

UPDATE user_change SET display_name = '', previous_display_name = '', actor = '', caller = ''
WHERE (account_number, revision) IN (
    SELECT c.account_number, c.revision FROM json_each(:erased) AS e
    CROSS JOIN user_change AS c INDEXED BY user_change_of_user
        ON c.account_number = e.value ->> 0 AND c.user_number = e.value ->> 1
);

-- The workflows that the person has changed.
UPDATE workflow_change SET workflow = json_set(workflow, '$.updated_by', '')
WHERE (account_number, revision) IN (
    SELECT w.account_number, w.revision FROM json_each(:erased) AS e
    CROSS JOIN workflow_change AS w INDEXED BY workflow_change_by_actor
        ON w.account_number = e.value ->> 0 AND w.workflow ->> 'updated_by' = e.value ->> 2
            AND w.workflow ->> 'updated_by' <> '' AND w.revision < e.value ->> 3
);

UPDATE workflow_change SET workflow = json_set(workflow, '$.update_caller', '')
WHERE (account_number, revision) IN (
    SELECT w.account_number, w.revision FROM json_each(:erased) AS e
    CROSS JOIN workflow_change AS w INDEXED BY workflow_change_by_caller
        ON w.account_number = e.value ->> 0 AND w.workflow ->> 'update_caller' = e.value ->> 2
            AND w.workflow ->> 'update_caller' <> '' AND w.revision < e.value ->> 3
);

UPDATE team_workflow SET workflow = json_set(workflow, '$.updated_by', '')
WHERE (account_number, team_id) IN (
    SELECT w.account_number, w.team_id FROM json_each(:erased) AS e
    CROSS JOIN team_workflow AS w INDEXED BY team_workflow_by_actor
        ON w.account_number = e.value ->> 0 AND w.workflow ->> 'updated_by' = e.value ->> 2
            AND w.workflow ->> 'updated_by' <> '' AND w.workflow ->> 'revision' < e.value ->> 3
);

UPDATE team_workflow SET workflow = json_set(workflow, '$.update_caller', '')
WHERE (account_number, team_id) IN (
    SELECT w.account_number, w.team_id FROM json_each(:erased) AS e
    CROSS JOIN team_workflow AS w INDEXED BY team_workflow_by_caller
        ON w.account_number = e.value ->> 0 AND w.workflow ->> 'update_caller' = e.value ->> 2
            AND w.workflow ->> 'update_caller' <> '' AND w.workflow ->> 'revision' < e.value ->> 3
);

UPDATE account SET workflow = json_set(workflow, '$.updated_by', '')
WHERE number IN (
    SELECT a.number FROM json_each(:erased) AS e
    CROSS JOIN account AS a
        ON a.number = e.value ->> 0 AND a.workflow ->> 'updated_by' = e.value ->> 2
            AND a.workflow ->> 'revision' < e.value ->> 3
);

UPDATE account SET workflow = json_set(workflow, '$.update_caller', '')
WHERE number IN (
    SELECT a.number FROM json_each(:erased) AS e
    CROSS JOIN account AS a
        ON a.number = e.value ->> 0 AND a.workflow ->> 'update_caller' = e.value ->> 2
            AND a.workflow ->> 'revision' < e.value ->> 3
);

UPDATE erasure SET cleaning = max(cleaning, 1) WHERE id = 1

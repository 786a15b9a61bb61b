SELECT team_id, workflow, past FROM team_workflow WHERE account_number = ?1 ORDER BY team_id

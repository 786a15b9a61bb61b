SELECT account_number, team_id, workflow, past FROM team_workflow ORDER BY account_number, team_id

SELECT number, account_id, workflow, past FROM account ORDER BY number

SELECT number, account_id, workflow, past, floor FROM account ORDER BY number

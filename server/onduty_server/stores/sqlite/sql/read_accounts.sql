SELECT number, account_id, workflow, past, floor, first_revision FROM account ORDER BY number

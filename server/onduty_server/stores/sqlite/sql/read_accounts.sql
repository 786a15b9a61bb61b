SELECT number, account_id, workflow, past, floor, first_revision, time_zone FROM account ORDER BY number

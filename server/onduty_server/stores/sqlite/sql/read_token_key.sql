SELECT token_key FROM secret WHERE id = 1

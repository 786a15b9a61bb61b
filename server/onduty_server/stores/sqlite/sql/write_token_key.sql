UPDATE secret SET token_key = ?1 WHERE id = 1

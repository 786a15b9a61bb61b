UPDATE user SET actor = '' WHERE account_number = ?1 AND number = ?2 AND user_id = ''

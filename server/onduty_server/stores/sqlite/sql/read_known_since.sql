SELECT known_since FROM account WHERE number = ?1

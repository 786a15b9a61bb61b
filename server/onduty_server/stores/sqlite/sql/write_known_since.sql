UPDATE account SET known_since = max(known_since, ?2) WHERE number = ?1

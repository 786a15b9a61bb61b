SELECT revision FROM status_change WHERE account_number = ?1 ORDER BY revision DESC LIMIT 1

UPDATE account SET floor = ?2 WHERE number = ?1

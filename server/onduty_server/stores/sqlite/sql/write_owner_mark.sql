UPDATE writer SET mark = ?1 WHERE id = 1

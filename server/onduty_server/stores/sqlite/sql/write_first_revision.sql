UPDATE erasure SET first_revision = ?1 WHERE id = 1

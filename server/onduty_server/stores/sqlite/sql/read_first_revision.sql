SELECT first_revision FROM erasure WHERE id = 1

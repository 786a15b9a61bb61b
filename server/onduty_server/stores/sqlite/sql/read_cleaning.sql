SELECT cleaning FROM erasure WHERE id = 1

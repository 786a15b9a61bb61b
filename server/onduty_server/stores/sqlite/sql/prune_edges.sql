DELETE FROM lease_edge WHERE account_number = :account_number AND time <= :until

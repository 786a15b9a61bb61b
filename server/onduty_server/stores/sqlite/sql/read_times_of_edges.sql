SELECT json_group_array(time) FROM (
    SELECT DISTINCT time FROM lease_edge WHERE account_number = :account_number AND time <= :until ORDER BY time
)

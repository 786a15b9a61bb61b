DELETE FROM day_sum WHERE day_id = :day_id AND user_number <= :last

SELECT json_group_array(json_array(user_number, time, previous_code, previous_team_id, code, team_id))
FROM temp.step WHERE id BETWEEN :from AND :until

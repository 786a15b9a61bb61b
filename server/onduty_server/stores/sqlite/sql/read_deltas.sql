SELECT json_group_array(json_array(person, stretch, code, team_id, count, times))
FROM temp.delta WHERE id BETWEEN :from AND :until

-- As read_deltas.sql.
SELECT json_group_array(json_array(id, user_number, time, previous_code, previous_team_id, code, team_id)) FROM (
    SELECT * FROM temp.step WHERE id > :after ORDER BY id LIMIT :limit
)

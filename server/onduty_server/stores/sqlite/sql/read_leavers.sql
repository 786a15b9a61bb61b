-- As read_deltas.sql.
SELECT json_group_array(json_array(id, user_number, team_id)) FROM (
    SELECT * FROM temp.leaver WHERE id > :after ORDER BY id LIMIT :limit
)

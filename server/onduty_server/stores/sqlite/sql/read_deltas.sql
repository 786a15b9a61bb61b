-- A piece of them, as JSON; the first column is what the next piece begins after.
SELECT json_group_array(json_array(id, person, stretch, code, team_id, count, times)) FROM (
    SELECT * FROM temp.delta WHERE id > :after ORDER BY id LIMIT :limit
)

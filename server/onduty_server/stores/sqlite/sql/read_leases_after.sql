-- As read_deltas.sql.
SELECT json_group_array(json_array(place, begins, team_id)) FROM (
    SELECT * FROM temp.lease_after WHERE place > :after ORDER BY place LIMIT :limit
)

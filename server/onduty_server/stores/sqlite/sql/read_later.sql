-- As read_deltas.sql.
SELECT json_group_array(json_array(id, person, code, team_id, count)) FROM (
    SELECT rowid AS id, * FROM temp.later WHERE rowid > :after ORDER BY rowid LIMIT :limit
)

-- As read_deltas.sql.
SELECT json_group_array(json_array(user_number, state, team_id)) FROM (
    SELECT * FROM temp.after WHERE user_number > :after ORDER BY user_number LIMIT :limit
)

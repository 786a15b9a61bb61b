-- The sums of a day after one of them, without such as add nothing.
SELECT user_number, team_id, code, count, times FROM day_sum
WHERE day_id = :day_id AND (user_number, team_id, code) > (:user_number, :team_id, :code) AND (count <> 0 OR times <> 0)
ORDER BY user_number, team_id, code LIMIT :limit

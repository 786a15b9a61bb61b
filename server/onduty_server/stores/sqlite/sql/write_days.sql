-- :days is a JSON array of [start and end of the day, user number, team_id, code, count, times].
INSERT INTO summed_day (account_number, day_start, day_end)
SELECT DISTINCT :account_number, value ->> 0, value ->> 1 FROM json_each(:days) WHERE true ON CONFLICT DO NOTHING;

INSERT INTO day_sum (day_id, user_number, team_id, code, count, times)
SELECT d.id, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
FROM json_each(:days) CROSS JOIN summed_day AS d
    ON d.account_number = :account_number AND d.day_start = value ->> 0 AND d.day_end = value ->> 1;

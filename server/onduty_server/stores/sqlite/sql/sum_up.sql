INSERT INTO temp.summed (person, key, team_id, count, times) SELECT -1, key, '', count, times FROM temp.total WHERE true
ON CONFLICT DO UPDATE SET count = count + excluded.count, times = times + excluded.times;

INSERT INTO temp.delta (person, stretch, code, team_id, count, times)
SELECT person, stretch, code, team_id, sum(count), sum(times) FROM (
    SELECT person, key >> 12 AS stretch, key & 63 AS code, team_id, count, times FROM temp.summed WHERE key & 63
    UNION ALL
    SELECT person, key >> 12, (key >> 6) & 63, team_id, -count, -times FROM temp.summed WHERE (key >> 6) & 63
)
GROUP BY person, stretch, code, team_id HAVING sum(count) <> 0 OR sum(times) <> 0;

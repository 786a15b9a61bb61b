-- Add what changes of the status, moves and erasures of one day add to the number of people, and take from it.
INSERT INTO day_sum (day_id, user_number, team_id, code, count, times)
SELECT :day_id, user_number, team_id, code, sum(count), sum(times) FROM (
    SELECT user_number, team_id, previous_state AS code, -1 AS count, -effective_time AS times FROM status_change
    WHERE account_number = :account_number AND revision BETWEEN :oldest AND :until
        AND effective_time >= :start AND effective_time < :end AND previous_state <> state AND previous_state <> 0
    UNION ALL
    SELECT user_number, team_id, state, 1, effective_time FROM status_change
    WHERE account_number = :account_number AND revision BETWEEN :oldest AND :until
        AND effective_time >= :start AND effective_time < :end AND previous_state <> state
    UNION ALL
    SELECT user_number, previous_team_id, state, -1, -commit_time FROM user_change
    WHERE account_number = :account_number AND revision BETWEEN :oldest AND :until
        AND commit_time >= :start AND commit_time < :end AND state <> 0 AND (erased OR team_id <> previous_team_id)
    UNION ALL
    SELECT user_number, team_id, state, 1, commit_time FROM user_change
    WHERE account_number = :account_number AND revision BETWEEN :oldest AND :until
        AND commit_time >= :start AND commit_time < :end AND state <> 0 AND NOT erased AND team_id <> previous_team_id
)
GROUP BY user_number, team_id, code HAVING sum(count) <> 0 OR sum(times) <> 0
ON CONFLICT DO UPDATE SET count = count + excluded.count, times = times + excluded.times

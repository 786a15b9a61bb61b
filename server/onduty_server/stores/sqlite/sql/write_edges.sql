-- ?1: a JSON array of [account_number, user_number, kind, time, begins, team_id], those of a user in their order.
INSERT INTO lease_edge (account_number, time, user_number, kind, seq, begins, team_id)
SELECT
    value ->> 0, value ->> 3, value ->> 1, value ->> 2,
    key + coalesce(
        (SELECT max(seq) + 1 FROM lease_edge AS e
         WHERE e.account_number = value ->> 0 AND e.time = value ->> 3 AND e.user_number = value ->> 1
             AND e.kind = value ->> 2),
        0
    ),
    value ->> 4, value ->> 5
FROM json_each(?1)

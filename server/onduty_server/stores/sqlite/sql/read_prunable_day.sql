-- The first account from number :from on of which a day with sums ended by :sums_before: [number, id and end of the day].
SELECT number, id, day_end FROM (
    SELECT
        number,
        (SELECT id FROM summed_day WHERE account_number = account.number ORDER BY day_start, day_end LIMIT 1) AS day_id
    FROM account WHERE number >= :from
)
JOIN summed_day ON id = day_id
WHERE day_end <= :sums_before
ORDER BY number LIMIT 1

-- The days with sums that overlap [:start, :end). What adds nothing is no sum.
SELECT id, day_start, day_end FROM summed_day AS d
WHERE account_number = :account_number AND day_start < :end AND day_end > :start
    AND EXISTS (SELECT 1 FROM day_sum AS s WHERE s.day_id = d.id AND (s.count <> 0 OR s.times <> 0))
ORDER BY day_start, day_end

-- The days with sums that overlap [:start, :end).
SELECT id, day_start, day_end FROM summed_day
WHERE account_number = :account_number AND day_start < :end AND day_end > :start
ORDER BY day_start, day_end

-- Commit times follow revisions, so what is too old stands in front; a bounded stretch of it goes at a time.
DELETE FROM user_change
WHERE account_number = :account_number AND revision BETWEEN :oldest AND :oldest + :chunk - 1
  AND (commit_time < :before OR revision <= :newest - :keep)

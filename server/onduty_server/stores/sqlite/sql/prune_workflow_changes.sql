-- All but the last ?1 of each account, however old. There are few: a scan finds the accounts that have more. Readers notice
-- a gap by the revisions, so that these need not go with the status changes.
WITH full_account (account_number, last) AS MATERIALIZED (
    SELECT
        account_number,
        (SELECT revision FROM workflow_change AS c WHERE c.account_number = counted.account_number
         ORDER BY revision DESC LIMIT 1 OFFSET ?1)
    FROM workflow_change AS counted GROUP BY account_number HAVING count(*) > ?1
)
DELETE FROM workflow_change WHERE EXISTS (
    SELECT 1 FROM full_account
    WHERE full_account.account_number = workflow_change.account_number AND workflow_change.revision <= last
)

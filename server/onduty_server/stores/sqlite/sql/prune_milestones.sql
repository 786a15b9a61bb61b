-- Of what is not after the first kept lineage, each account needs its last one only.
DELETE FROM milestone
WHERE EXISTS (
    SELECT 1 FROM milestone AS later
    WHERE later.account_number = milestone.account_number
      AND later.lineage_id > milestone.lineage_id AND later.lineage_id <= (SELECT min(id) FROM lineage)
)

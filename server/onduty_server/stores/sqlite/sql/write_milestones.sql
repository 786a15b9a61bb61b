-- ?1: a JSON array of [account_number, revision], as the last lineage begins. Most accounts stand where they stood before.
INSERT INTO milestone (account_number, lineage_id, revision)
SELECT value ->> 0, (SELECT max(id) FROM lineage), value ->> 1 FROM json_each(?1)
WHERE value ->> 1 IS NOT (
    SELECT revision FROM milestone WHERE account_number = value ->> 0 ORDER BY lineage_id DESC LIMIT 1
)

-- Where account ?2 stood when lineage ?1 ended; no row where that is the present one, or not known of.
SELECT coalesce(
    (SELECT revision FROM milestone WHERE account_number = ?2 AND lineage_id <= next.id ORDER BY lineage_id DESC LIMIT 1),
    0
)
FROM lineage AS ended JOIN lineage AS next ON next.id = (SELECT min(id) FROM lineage WHERE id > ended.id)
WHERE ended.lineage = ?1

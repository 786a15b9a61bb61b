-- Commit times follow revisions, so what is too old, or too much, stands in front: the last revision of it up to :last, and
-- its commit time.
WITH ending (revision) AS MATERIALIZED (
    SELECT coalesce(min(revision) - 1, :last) FROM (
        SELECT min(revision) AS revision FROM status_change
        WHERE account_number = :account_number AND revision BETWEEN :oldest AND :last
            AND commit_time >= :before AND revision > :newest - :keep
        UNION ALL
        SELECT min(revision) FROM user_change
        WHERE account_number = :account_number AND revision BETWEEN :oldest AND :last
            AND commit_time >= :before AND revision > :newest - :keep
    )
)
SELECT
    ending.revision,
    max(
        coalesce((SELECT commit_time FROM status_change AS c
         WHERE c.account_number = :account_number AND c.revision BETWEEN :oldest AND ending.revision
         ORDER BY c.revision DESC LIMIT 1), 0),
        coalesce((SELECT commit_time FROM user_change AS c
         WHERE c.account_number = :account_number AND c.revision BETWEEN :oldest AND ending.revision
         ORDER BY c.revision DESC LIMIT 1), 0)
    )
FROM ending

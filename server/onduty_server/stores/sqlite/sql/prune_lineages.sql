-- Those that ended before ?1, and all but the last ?2. A token of one of them leads to a snapshot.
DELETE FROM lineage
WHERE id < (SELECT max(id) FROM lineage WHERE began < ?1) OR id <= (SELECT max(id) FROM lineage) - ?2

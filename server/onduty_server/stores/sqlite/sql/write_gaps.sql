-- ?1: a JSON array of [began, ended].
INSERT INTO gap (began, ended) SELECT value ->> 0, value ->> 1 FROM json_each(?1)

INSERT INTO temp.stretch SELECT value, key FROM json_each(?1)

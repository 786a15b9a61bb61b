INSERT INTO temp.wanted SELECT value FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING

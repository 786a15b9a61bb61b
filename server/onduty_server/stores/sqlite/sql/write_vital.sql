REPLACE INTO vital (id, beat, alive_until, floor) VALUES (1, ?1, ?2, ?3)

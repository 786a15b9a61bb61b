INSERT INTO lineage (lineage, began) VALUES (?1, ?2)

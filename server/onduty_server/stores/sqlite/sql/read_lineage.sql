SELECT lineage, began FROM lineage ORDER BY id DESC LIMIT 1

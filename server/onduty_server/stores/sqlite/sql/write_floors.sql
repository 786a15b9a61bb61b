-- Those of accounts that are no later than the store's need not be kept.
UPDATE account SET floor = 0 WHERE floor <= ?1

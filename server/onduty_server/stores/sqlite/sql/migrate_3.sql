-- From version 2: the recovery floor of an account that came from a store whose parts recover by themselves. The later
-- of it and the store's own holds.

ALTER TABLE account ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;

-- From version 4: what a user's status rests on besides the user's own.

-- Packed text (`domain/layers.py`), empty for most users: the end of a status, sessions, engagements, the connection.
ALTER TABLE user ADD COLUMN layers TEXT NOT NULL DEFAULT '';

-- The end of a status set with one, and the number of domain.status.Then that says what follows; else NULL.
ALTER TABLE status_change ADD COLUMN expire_time INTEGER;
ALTER TABLE status_change ADD COLUMN then_status INTEGER;

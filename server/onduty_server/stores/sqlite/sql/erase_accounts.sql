-- :erased is a JSON array of numbers. The other rows are deleted in steps, and before anybody reads them again.

INSERT INTO erased_account (number, is_left) SELECT value, 1 FROM json_each(:erased) WHERE true ON CONFLICT DO NOTHING;

DELETE FROM account WHERE number IN (SELECT value FROM json_each(:erased));

UPDATE erasure SET first_revision = max(first_revision, :first_revision), cleaning = max(cleaning, 1) WHERE id = 1

-- Take an erased person out of up to :limit rows of each kind that tell what the person did to others. They are found by the
-- id, so only rows before the revision of the erasure count: somebody else may have the id by now.

UPDATE user SET actor = '' WHERE account_number = :account_number AND number IN (
    SELECT number FROM user INDEXED BY user_by_actor
    WHERE account_number = :account_number AND actor = :user_id AND actor <> '' AND revision < :revision LIMIT :limit
);

UPDATE status_change SET actor = '' WHERE account_number = :account_number AND revision IN (
    SELECT revision FROM status_change INDEXED BY status_change_by_actor
    WHERE account_number = :account_number AND actor = :user_id AND actor <> '' AND revision < :revision LIMIT :limit
);

UPDATE status_change SET caller = '' WHERE account_number = :account_number AND revision IN (
    SELECT revision FROM status_change INDEXED BY status_change_by_caller
    WHERE account_number = :account_number AND caller = :user_id AND caller <> '' AND revision < :revision LIMIT :limit
);

UPDATE user_change SET actor = '' WHERE account_number = :account_number AND revision IN (
    SELECT revision FROM user_change INDEXED BY user_change_by_actor
    WHERE account_number = :account_number AND actor = :user_id AND actor <> '' AND revision < :revision LIMIT :limit
);

UPDATE user_change SET caller = '' WHERE account_number = :account_number AND revision IN (
    SELECT revision FROM user_change INDEXED BY user_change_by_caller
    WHERE account_number = :account_number AND caller = :user_id AND caller <> '' AND revision < :revision LIMIT :limit
);

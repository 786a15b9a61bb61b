-- The kept change of a user of a revision: [revision].
SELECT revision FROM user_change WHERE account_number = ?1 AND revision = ?2

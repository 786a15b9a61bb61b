DELETE FROM status_change WHERE account_number = :account_number AND revision BETWEEN :oldest AND :until;

DELETE FROM user_change WHERE account_number = :account_number AND revision BETWEEN :oldest AND :until;

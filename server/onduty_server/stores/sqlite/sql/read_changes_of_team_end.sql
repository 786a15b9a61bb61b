SELECT revision FROM status_change INDEXED BY status_change_of_team
WHERE account_number = :account_number AND team_id = :team_id AND team_id <> '' AND revision > :after
ORDER BY revision LIMIT 1 OFFSET :look

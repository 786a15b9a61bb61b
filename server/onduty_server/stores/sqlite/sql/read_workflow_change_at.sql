-- The kept change of the workflow of a revision: [revision].
SELECT revision FROM workflow_change WHERE account_number = ?1 AND revision = ?2

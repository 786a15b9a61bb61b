-- There are few: a scan does. Readers notice a gap by the revisions, so that these need not go with the status changes.
DELETE FROM workflow_change WHERE commit_time < ?1

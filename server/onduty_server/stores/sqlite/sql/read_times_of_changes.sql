SELECT json_group_array(time) FROM (
    SELECT effective_time AS time FROM status_change
    WHERE account_number = :account_number AND revision BETWEEN :oldest AND :until AND previous_state <> state
    UNION
    SELECT commit_time FROM user_change
    WHERE account_number = :account_number AND revision BETWEEN :oldest AND :until
        AND state <> 0 AND (erased OR team_id <> previous_team_id)
    ORDER BY time
)

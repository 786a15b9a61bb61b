SELECT began, ended FROM gap ORDER BY began

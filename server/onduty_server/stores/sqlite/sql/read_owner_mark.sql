SELECT mark FROM writer WHERE id = 1

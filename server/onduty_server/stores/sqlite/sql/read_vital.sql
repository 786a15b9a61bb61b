SELECT beat, alive_until, floor FROM vital WHERE id = 1

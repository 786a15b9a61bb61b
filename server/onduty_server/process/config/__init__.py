"""The server's settings: their definitions, the checked values, and the places that values come from."""

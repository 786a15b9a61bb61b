"""The commands `report time|coverage|timeline`: what was when, as a table, CSV, JSON or a picture."""

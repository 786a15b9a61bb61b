"""The ports: interfaces to all that the use cases need from outside. `clock` tells the time; `store` keeps the data."""

"""The ports: what the use cases need from outside. `clock` is time, `store` a place to keep things, made of roles."""

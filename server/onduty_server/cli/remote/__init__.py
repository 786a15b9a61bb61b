"""Commands that talk to a running server, with the client alone."""

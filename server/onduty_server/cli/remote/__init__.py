"""Commands that talk to a running server, using only the client."""

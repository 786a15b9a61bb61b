"""Commands that run a server or change its files."""

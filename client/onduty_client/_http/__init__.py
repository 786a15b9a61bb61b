"""Calls the server's HTTP port: the Connect protocol over HTTP/1.1, with the standard library only."""

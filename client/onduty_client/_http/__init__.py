"""The server by its HTTP door: the Connect protocol over HTTP/1.1, with the standard library only."""

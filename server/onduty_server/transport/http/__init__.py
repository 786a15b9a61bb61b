"""The HTTP door: the Connect protocol and gRPC-Web, for browsers, `curl` and others that do not speak gRPC."""

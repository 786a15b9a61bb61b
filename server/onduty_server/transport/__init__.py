"""Serves the use cases over gRPC and HTTP: one servicer, one table of errors, and two doors that lead to it."""

"""The rules of presence as pure functions on records. No clock, no I/O, no protobuf, no grpc. Start with `rules`."""

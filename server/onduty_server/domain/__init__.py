"""What the service means: pure functions on records. No clock, no I/O, no protobuf, no grpc."""

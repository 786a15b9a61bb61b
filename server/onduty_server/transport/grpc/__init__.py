"""The gRPC door: everything that is grpcio, and nothing of what the calls mean."""

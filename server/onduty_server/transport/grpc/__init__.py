"""The gRPC door: everything that depends on grpcio, and nothing of what the calls mean."""

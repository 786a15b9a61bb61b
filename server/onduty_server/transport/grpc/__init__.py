"""The gRPC door: everything that depends on grpcio. It does not know what the calls mean."""

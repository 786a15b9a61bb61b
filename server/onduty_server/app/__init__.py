"""The use cases and their ports: no grpc, no redis, no sqlite."""

"""A Redis client: addresses, connections, pipelines, coalesced calls, deadlines. It knows nothing of what is stored."""

"""The way to Redis: addresses, connections, pipelines, deadlines. Nothing here knows what is kept."""

"""The shared parts of stores that keep every user in memory: the engine, its index, and the port of its journal."""

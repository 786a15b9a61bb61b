"""What the stores that keep every user in memory share: the index, the engine, and the journal they write to."""

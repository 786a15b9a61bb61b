"""Values as text. This is below all other layers: it imports nothing of this package."""

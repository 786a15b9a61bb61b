"""How values look as text. Below all other layers: it imports nothing of this package."""

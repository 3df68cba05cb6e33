"""Walls around code that cannot be trusted: bubblewrap around all of it, and a box of its own for each submission."""

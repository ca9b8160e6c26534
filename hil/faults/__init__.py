"""Faults of a board and of its wire, injected by the bench: seeded, timed and told to the truth."""

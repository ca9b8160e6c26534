"""Faults of a board and of its wire, injected by the bench: what really happens to it, seeded, timed and in the truth."""

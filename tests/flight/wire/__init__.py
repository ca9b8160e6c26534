"""The wire: dictionary, packets, frames, batch."""

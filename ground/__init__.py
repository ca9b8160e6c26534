"""The station: decode, clock, limits, detection, recording, console."""

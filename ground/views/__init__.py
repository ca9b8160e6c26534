"""What a person or a program sees of the station. A view may be slow; the station never waits for it."""

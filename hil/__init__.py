"""A real or emulated board in the place of the onboard computer."""

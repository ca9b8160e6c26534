"""Tests: one folder for each package, `system` for real processes, `vectors` for golden bytes."""

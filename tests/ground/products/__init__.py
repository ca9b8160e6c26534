"""Tests of the ground's products."""

"""Tests of the onboard computer."""

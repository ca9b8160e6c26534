"""Tests of flight plans."""

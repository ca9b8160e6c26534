"""Tests of boards and firmware."""

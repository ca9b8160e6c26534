"""Tests of the wire, the links, the plans and the onboard computer."""

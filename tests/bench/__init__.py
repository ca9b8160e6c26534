"""Benchmarks: `./run bench`."""

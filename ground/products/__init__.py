"""What the ground computes beside what it receives: each product a pure function of states, plan and site."""

from ground.products.state import Products, compute

__all__ = ["Products", "compute"]

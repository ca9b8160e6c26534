"""Boards: a folder each, with its C and a recipe.py that says how it is compiled."""

"""Inferred levels: what a student probably knows of targets that they never answered (Q15)."""

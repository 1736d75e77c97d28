"""Placement: which concepts a student knows, from few questions, by the structure of the prerequisite graph."""

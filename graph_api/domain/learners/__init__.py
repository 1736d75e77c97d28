"""Learners: students, groups, sessions, mastery, recency, topics and their analysis."""

"""Answers: intake, recording, grading and files."""

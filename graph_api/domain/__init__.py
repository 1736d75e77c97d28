"""The rules of the learner model: pure and synchronous; the time is an argument."""

"""The rules of the learner model: pure and synchronous; times are parameters."""

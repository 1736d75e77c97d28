"""The rules of the learner model: pure, synchronous, told the time and never asking for it."""

"""The parts of `benchmarks/reads.py`: its questions, its data, its servers and its load."""

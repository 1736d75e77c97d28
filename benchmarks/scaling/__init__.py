"""The parts of `benchmarks/scale.py`: the answers that it imports, and what it measures at each step."""

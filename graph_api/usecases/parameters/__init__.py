"""Parameters: sets, fits and the comparison of models."""

"""Item analysis (Q13): what the answers to a question say about the question."""

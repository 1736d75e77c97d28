"""The graph: one typed function per Cypher file, over one driver."""

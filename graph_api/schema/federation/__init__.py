"""This service as a subgraph of Apollo Federation: its schema with keys, and the queries of gateways."""

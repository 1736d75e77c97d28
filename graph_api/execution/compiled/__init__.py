"""Queries that are compiled once and executed level by level (docs/adr/0024-compiled-queries.md)."""

"""The GraphQL API: one file a noun. A resolver parses, calls and maps; it holds no rule and no Cypher."""

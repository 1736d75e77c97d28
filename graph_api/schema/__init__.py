"""The GraphQL API: one file for each noun. A resolver parses, calls and maps; it holds no rule and no Cypher."""

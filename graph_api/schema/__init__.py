"""The GraphQL schema: one file a noun; resolvers parse, call one use case or read, and map."""

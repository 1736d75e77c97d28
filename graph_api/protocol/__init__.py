"""The endpoint: GraphQL over HTTP and WebSocket, and GraphiQL."""

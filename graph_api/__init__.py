"""A learner-model service: answers in, mastery out, kept in a graph and asked for over GraphQL."""

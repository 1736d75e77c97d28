"""A learner-model service: answers in, mastery out, stored in a graph and queried over GraphQL."""

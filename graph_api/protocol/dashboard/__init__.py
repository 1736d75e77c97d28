"""The dashboard: pages of `dashboard/`, built into `static/`, on the public GraphQL API alone."""

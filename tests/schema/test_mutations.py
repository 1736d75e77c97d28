"""Every mutation maps failures in one place, inside of the audit."""

from graph_api.schema.api import build_schema
from graph_api.schema.mutations import PayloadOrFailure
from graph_api.schema.operations.audit import Audited


def test_each_mutation_maps_failures_once_and_the_audit_records_the_failure() -> None:
    build_schema(introspection=False)  # a second schema shares the fields
    mutation = build_schema()._schema.mutation_type
    assert mutation is not None
    for field in mutation.fields.values():
        first, *others = field.extensions["strawberry-definition"].extensions
        assert isinstance(first, PayloadOrFailure)  # the first one runs innermost
        assert all(isinstance(extension, Audited) for extension in others)
        assert len(others) <= 1

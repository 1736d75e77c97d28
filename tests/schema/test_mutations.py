"""Every mutation maps failures in one place, inside of the audit, and renews the request's loaders."""

from graph_api.domain import failures
from graph_api.schema.api import build_schema
from graph_api.schema.failures import TYPES
from graph_api.schema.mutations import PayloadOrFailure
from graph_api.schema.operations.audit import Audited


def test_each_mutation_has_the_extension_once_and_inside_of_the_audit() -> None:
    build_schema(introspection=False)  # a second schema shares the fields
    mutation = build_schema()._schema.mutation_type
    assert mutation is not None
    for field in mutation.fields.values():
        first, *others = field.extensions["strawberry-definition"].extensions
        assert isinstance(first, PayloadOrFailure)
        assert all(isinstance(extension, Audited) for extension in others)


def test_each_failure_that_a_mutation_can_return_has_a_schema_type_of_its_name() -> None:
    assert {kind.__name__ for kind in TYPES.values()} == {failure.__name__ for failure in TYPES}
    assert all(issubclass(failure, failures.Failure) for failure in TYPES)

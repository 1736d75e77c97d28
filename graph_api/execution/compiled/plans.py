"""Plans of queries: a document and its operation, compiled when they first run, and executed within the budget."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from graphql import (
    DirectiveNode,
    DocumentNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_operation_ast,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry import Schema

from graph_api.execution.budget import BUDGET, Budget
from graph_api.execution.compiled.forms import Forms
from graph_api.execution.compiled.known import Known, text_of
from graph_api.execution.compiled.parts import Parts
from graph_api.execution.compiled.runs import Run
from graph_api.execution.compiled.selections import Compiler, Selection
from graph_api.execution.compiled.unusual import Unusual
from graph_api.execution.large_inputs import known
from graph_api.execution.query_limits import fragments_of, operations_of
from graph_api.execution.selected_fields import fields_of

MOST_CHOICES = 16
"""Values of the variables of `@skip` and `@include` for which a plan is kept compiled."""
Choice: TypeAlias = tuple[Any, ...]


class _Choices(Visitor):
    """Collects the variables that decide what is skipped or included."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        """Note the variables of a directive."""
        values = [argument.value for argument in node.arguments or ()]
        self.names += [value.name.value for value in values if isinstance(value, VariableNode)]


class Plan:
    """A query of a document."""

    def __init__(
        self,
        schema: Schema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        forms: Forms,
        parts: Parts,
    ) -> None:
        self._forms = forms
        self._parts = parts
        self.document = document
        self.fields = fields_of(document, schema._schema, operation.name.value if operation.name else None)  # noqa: SLF001 - no public way
        """The fields that the operation selects, for the rules of access."""
        self.operation = operation
        self._schema = schema
        self._fragments = list(fragments_of(document).values())
        choices = _Choices()
        visit(document, choices)
        self._choices = sorted(set(choices.names))
        self._compiled: dict[Choice, tuple[Selection, int]] = {}
        self._is_refused = False

    async def run(self, variables: dict[str, Any] | None, context: object) -> dict[str, Any]:
        """The data of the reply.

        Raises:
            Unusual: graphql-core has to execute the query.
        """
        core = self._schema._schema  # noqa: SLF001 - no public way
        values = self.variables(variables)
        budget = BUDGET.get() or Budget()
        selection, least = self._of_choice(values)
        try:
            budget.check(least)
            (data,) = await selection.execute([None], Run(core, context, values, budget))
        except Unusual as fault:
            raise (Unusual("budget") if budget.is_exceeded else fault) from fault
        except Exception as fault:
            raise Unusual("budget" if budget.is_exceeded else "failure") from fault
        return data

    def variables(self, given: dict[str, Any] | None) -> VariableValues:
        """The variables after coercion.

        Raises:
            Unusual: they do not fit their types.
        """
        values = known(self.operation, given)
        if values is None:
            core = self._schema._schema  # noqa: SLF001 - no public way
            values = get_variable_values(core, self.operation.variable_definitions or (), given or {}, max_errors=1)
        if isinstance(values, list):
            raise Unusual("variables")
        return values

    def _of_choice(self, values: VariableValues) -> tuple[Selection, int]:
        """The selection, with what these variables skip and include."""
        choice = tuple(values.coerced.get(name) for name in self._choices)
        compiled = self._compiled.get(choice)
        if self._is_refused:
            raise Unusual("construct")
        if compiled is None:
            try:
                compiled = Compiler(
                    self._schema, self.operation, self._fragments, values, self._forms, self._parts
                ).root()
            except Unusual:
                self._is_refused = True
                raise
            if len(self._compiled) >= MOST_CHOICES:
                self._compiled.clear()
            self._compiled[choice] = compiled
        return compiled


class Plans:
    """The plans of the documents that came last.

    Each document has passed all checks that are not about the caller or the variables.
    """

    def __init__(self, schema: Schema, forms: Forms, stable_types: Iterable[str] = ()) -> None:
        self._schema = schema
        self._forms = forms
        self._parts = Parts(stable_types)
        self._known: Known[Plan] = Known()

    def known(self, text: str, operation_name: str | None) -> Plan | None:
        """The plan of a document that has run before; None if it is not known."""
        return self._known.get(text, operation_name)

    def of(self, document: DocumentNode, operation_name: str | None) -> Plan | None:
        """The plan of an operation; None if it is no query."""
        text = text_of(document)
        plan = None if text is None else self._known.get(text, operation_name)
        if plan is not None and plan.document is document:
            return plan
        operation = get_operation_ast(document, operation_name)
        if operation is None or operation.operation is not OperationType.QUERY or text is None:
            return None
        plan = Plan(self._schema, document, operation, self._forms, self._parts)
        self._known.put(text, operation_name, plan)
        if len(operations_of(document, None)) == 1:  # a request need not name it
            self._known.put(text, None, plan)
        return plan

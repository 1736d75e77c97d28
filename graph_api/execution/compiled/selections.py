"""Selections: the fields of a type that a document selects, in the order of the reply, and how each gets its values."""

from collections.abc import Callable, Sequence
from enum import Enum
from inspect import iscoroutinefunction
from operator import attrgetter
from typing import Any, TypeAlias

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    StringValueNode,
    get_argument_values,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from graphql.type import get_nullable_type
from strawberry import Info, Schema
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from graph_api.execution.compiled.completions import Completion, completion_of
from graph_api.execution.compiled.forms import Call, Calls, Fields, Form, Forms
from graph_api.execution.compiled.leaves import Column
from graph_api.execution.compiled.parts import Parts, Weight
from graph_api.execution.compiled.runs import FieldInfo, Run
from graph_api.execution.compiled.tables import Parents, Table
from graph_api.execution.compiled.unusual import Unusual
from graph_api.execution.prices import PRICES

Details: TypeAlias = list[FieldDetails]
"""The nodes of one field of the reply, whose selections are merged."""


PLAIN = frozenset({str, int, float, bool, type(None)})
"""Types of arguments that no resolver can change."""
CONSTANTS = (BooleanValueNode, EnumValueNode, FloatValueNode, IntValueNode, NullValueNode, StringValueNode)


class Attribute:
    """A field that is an attribute of its object."""

    def __init__(self, declared: StrawberryField, completion: Completion, *, is_leaf: bool) -> None:
        self.is_leaf = is_leaf
        self._name = declared.python_name
        self._get = attrgetter(declared.python_name)
        self._completion = completion
        self.is_stable = completion.is_stable
        self.weigh = completion.weigh

    async def column(self, parents: Parents, run: Run) -> Column:
        """The values of all parents."""
        try:
            values = parents.column(self._name) if isinstance(parents, Table) else list(map(self._get, parents))
        except (AttributeError, KeyError) as fault:
            raise Unusual("failure") from fault
        return await self._completion.complete(values, run)


class Resolved:
    """A field with a resolver, which is called for each parent as graphql-core calls it."""

    def __init__(
        self,
        owner: GraphQLObjectType,
        node: FieldNode,
        compiler: "Compiler",
        completion: Completion,
        form: Form | None,
    ) -> None:
        field: GraphQLField = owner.fields[node.name.value]
        self._form = form
        self._name = f"{owner.name}.{node.name.value}"
        self._node = node
        self._field = field
        self._completion = completion
        self.is_stable = form is not None and form.is_of_parent and completion.is_stable
        self.weigh = completion.weigh
        self._declared: StrawberryField = field.extensions["strawberry-definition"]
        self._convert = compiler.convert
        self._has_constants = are_constants(node.arguments or ())
        self._fixed: dict[str, Any] | None = None
        """The arguments, if they are the same in each execution."""
        resolver = self._declared.base_resolver
        if resolver is None or resolver.self_parameter is None or self._declared.extensions:
            raise Unusual("construct")
        self._call: Callable[..., Any] = resolver.wrapped_func
        self._is_async = iscoroutinefunction(self._call)
        self._info_name = resolver.info_parameter.name if resolver.info_parameter else None

    async def column(self, parents: Parents, run: Run) -> Column:
        """The values of all parents: reads that the resolvers share become one."""
        arguments = self._arguments(run)
        try:
            values = await self._values(parents, arguments, run)
        except Unusual:
            raise
        except Exception as fault:
            raise Unusual("failure") from fault
        return await self._completion.complete(values, run)

    async def _values(self, parents: Parents, arguments: dict[str, Any], run: Run) -> Any:  # noqa: ANN401 - of a form
        if isinstance(parents, Table) and self._declared.python_name in parents:
            return parents.column(self._declared.python_name)
        form = self._form
        if form is not None and form.values is not None:
            values = await form.values(parents, **arguments)
            if values is not None:
                return values
        if form is not None and form.ahead is not None and self._info_name is not None:
            await form.ahead(arguments[self._info_name], arguments, self._calls_below(run))
        if isinstance(parents, Table):
            raise Unusual("construct")
        call = self._call
        results = await run.in_slices(lambda parent: call(parent, **arguments), parents)
        return await run.values_of(results) if self._is_async and results else results

    def as_call(self, run: Run) -> Call:
        """The field as it will be called."""
        return Call(self._name, self._arguments(run), self._form is not None, lambda: self._calls_below(run))

    def _calls_below(self, run: Run) -> Calls:
        selection = self._completion.selection
        return [] if selection is None else selection.calls(run)

    def _arguments(self, run: Run) -> dict[str, Any]:
        """The arguments by their Python names, with the info if the resolver takes it; the same for all parents."""
        arguments = run.calls.get(id(self))
        if arguments is None:
            arguments = self._convert_all(run) if self._fixed is None else dict(self._fixed)
            if self._fixed is None and self._has_constants and all(map(_is_plain, arguments.values())):
                self._fixed = dict(arguments)
            if self._info_name is not None:
                raw: Any = FieldInfo(self._node.name.value, run.schema, run.context, run.variables)
                arguments[self._info_name] = Info(raw, self._declared)
            run.calls[id(self)] = arguments
        return arguments

    def _convert_all(self, run: Run) -> dict[str, Any]:
        try:
            given = get_argument_values(self._field, self._node, run.variables) if self._field.args else {}
            return self._convert(given, self._declared)
        except Exception as fault:
            raise Unusual("variables") from fault


def _is_plain(value: object) -> bool:
    return type(value) in PLAIN or isinstance(value, Enum)


class TypeName:
    """The field `__typename`."""

    is_stable = True

    def __init__(self, name: str) -> None:
        self._name = name

    async def column(self, parents: Parents, run: Run) -> Column:
        """The name of the type."""
        return [self._name] * len(parents)

    def weigh(self, _shown: object) -> Weight:
        """Nothing."""
        return Weight(0, 0)


class Selection:
    """The fields that are selected on a type. `cost` is that of one object without the objects below."""

    def __init__(self, keys: Sequence[str], fields: Sequence[Attribute | Resolved | TypeName], cost: int) -> None:
        self._keys = tuple(keys)
        self._now = [place for place, each in enumerate(fields) if _is_at_hand(each)]
        self._later = [place for place in range(len(fields)) if place not in self._now]
        self._fields = fields
        self._cost = cost
        self.is_stable = all(each.is_stable for each in fields)
        """Whether it shows the same of an object each time, if the object never changes."""

    def calls(self, run: Run) -> Calls:
        """The resolvers that are called on each object."""
        return [each.as_call(run) for each in self._fields if isinstance(each, Resolved)]

    def weigh(self, shown: dict[str, Any]) -> Weight:
        """What the fields of an object of the reply count, with what is below them."""
        weights = [each.weigh(shown[key]) for key, each in zip(self._keys, self._fields, strict=True)]
        return Weight(sum(each.objects for each in weights), self._cost + sum(each.cost for each in weights))

    async def execute(self, parents: Parents, run: Run) -> list[dict[str, Any]]:
        """The objects of the reply, one for each parent.

        Raises:
            Unusual: graphql-core has to execute the operation.
        """
        if not len(parents):
            return []
        run.budget.spend(self._cost * len(parents))
        if not self._keys:  # everything is skipped
            return [{} for _ in range(len(parents))]
        columns: list[Column] = [[]] * len(self._keys)
        for place in self._now:
            columns[place] = await self._fields[place].column(parents, run)
        await run.rest()
        waiting = await run.values_of([self._fields[place].column(parents, run) for place in self._later])
        for place, column in zip(self._later, waiting, strict=True):
            columns[place] = column
        return await run.objects(self._keys, columns)


def _is_at_hand(field: Attribute | Resolved | TypeName) -> bool:
    return isinstance(field, TypeName) or (isinstance(field, Attribute) and field.is_leaf)


class Compiler:
    """Compiles one operation for one choice of its `@skip` and `@include`."""

    def __init__(
        self,
        schema: Schema,
        operation: OperationDefinitionNode,
        fragments: Sequence[FragmentDefinitionNode],
        variables: VariableValues,
        forms: Forms,
        parts: Parts,
    ) -> None:
        if any(each.variable_definitions for each in fragments):
            raise Unusual("construct")
        self._schema = schema
        self._core: GraphQLSchema = schema._schema  # noqa: SLF001 - no public way
        self._operation = operation
        self._fragments = {each.name.value: FragmentDetails(each) for each in fragments}
        self._variables = variables
        self._forms = forms
        self.parts = parts

    def root(self) -> tuple[Selection, int]:
        """The selection of the operation, and the least that it costs."""
        kind = self._core.query_type
        if kind is None:
            raise Unusual("construct")
        fields = collect_fields(self._core, self._fragments, self._variables, kind, self._operation).grouped_field_set
        return self._of_fields(kind, fields), self._least(kind, fields)

    def selection(self, kind: GraphQLObjectType, details: Details) -> Selection:
        """The selection of a type below a field."""
        return self._of_fields(kind, self._below(kind, details))

    def least(self, kind: GraphQLObjectType, details: Details) -> int:
        """The least that an object below a field costs: every list is empty, and every object that may be null is."""
        return self._least(kind, self._below(kind, details))

    def convert(self, given: dict[str, Any], declared: StrawberryField) -> dict[str, Any]:
        """Arguments as resolvers take them."""
        registry = self._schema.schema_converter.scalar_registry
        return convert_arguments(given, declared.arguments, registry, self._schema.config)

    def _below(self, kind: GraphQLObjectType, details: Details) -> dict[str, Details]:
        collected = collect_subfields(self._core, self._fragments, self._variables, self._operation, kind, details)
        return collected.grouped_field_set

    def _of_fields(self, kind: GraphQLObjectType, fields: dict[str, Details]) -> Selection:
        compiled = [self._field(kind, details) for details in fields.values()]
        return Selection(list(fields), compiled, self._own(kind, fields))

    def _field(self, kind: GraphQLObjectType, details: Details) -> Attribute | Resolved | TypeName:
        node = details[0].node
        if node.name.value == "__typename":
            return TypeName(kind.name)
        field = kind.fields.get(node.name.value)
        declared = field and field.extensions.get("strawberry-definition")
        if field is None or declared is None:
            raise Unusual("construct")
        completion = completion_of(field.type, self, details)
        if declared.is_basic_field:
            return Attribute(declared, completion, is_leaf=is_leaf_type(get_nullable_type(field.type)))
        form = self._forms.get(f"{kind.name}.{node.name.value}")
        if form is not None and not form.suits(self._names(get_named_type(field.type), details)):
            form = None
        return Resolved(kind, node, self, completion, form)

    def _names(self, kind: GraphQLNamedType, details: Details) -> Fields:
        """The names of the fields below a field, each with those below it; abstract types have none."""
        names: dict[str, Any] = {}
        if isinstance(kind, GraphQLObjectType):
            for below in self._below(kind, details).values():
                name = below[0].node.name.value
                field = kind.fields.get(name)
                inner = {} if field is None else self._names(get_named_type(field.type), below)
                names[name] = {**names.get(name, {}), **inner}
        return names

    @staticmethod
    def _own(kind: GraphQLObjectType, fields: dict[str, Details]) -> int:
        """The cost of the fields of an object, as `execution.bounded_execution` counts it."""
        names = [details[0].node.name.value for details in fields.values()]
        return sum(1 + PRICES.get(f"{kind.name}.{name}", 0) for name in names)

    def _least(self, kind: GraphQLObjectType, fields: dict[str, Details]) -> int:
        least = self._own(kind, fields)
        for details in fields.values():
            field = kind.fields.get(details[0].node.name.value)
            below = field.type.of_type if field is not None and is_non_null_type(field.type) else None
            if isinstance(below, GraphQLObjectType):
                least += self.least(below, details)
        return least


def are_constants(arguments: Sequence[ArgumentNode]) -> bool:
    """Whether arguments are scalars and enums: not variables, nor lists and objects, which may hold some."""
    return all(isinstance(each.value, CONSTANTS) for each in arguments)

"""Values of fields as they stand in the reply, for all parents at once."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLAbstractType,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    is_leaf_type,
    is_non_null_type,
)
from graphql.pyutils import Undefined

from graph_api.execution.compiled.leaves import Column, coerce_of
from graph_api.execution.compiled.parts import Part, Parts, PartsOfSelection, Weight
from graph_api.execution.compiled.runs import FieldInfo, Run
from graph_api.execution.compiled.tables import Nested, Parents, Table
from graph_api.execution.compiled.unusual import Unusual

if TYPE_CHECKING:
    from graph_api.execution.compiled.selections import Compiler, Details, Selection

LISTS = frozenset({list, tuple})
NOTHING = Weight(0, 0)
SHOWN, OBJECTS, COST = (itemgetter(Part._fields.index(name)) for name in ("shown", "objects", "cost"))


class Completion(ABC):
    """Completes the values of a type. None is completed by the callers: it is null, or not allowed."""

    is_stable = False
    """Whether equal objects always show the same: what is below them never changes, nor depends on the caller."""

    @abstractmethod
    async def complete(self, values: Any, run: Run) -> Column:  # noqa: ANN401 - a column, a table or nested lists
        """The values as they stand in the reply, in the same order.

        Raises:
            Unusual: graphql-core has to complete them.
        """

    selection: "Selection | None" = None
    """What is selected on objects of the type, if it has one."""

    def weigh(self, shown: Any) -> Weight:  # noqa: ANN401 - what `complete` has made of a value
        """What a completed value of a stable type counts."""
        return NOTHING


class Leaves(Completion):
    """Scalars and enums."""

    is_stable = True

    def __init__(self, kind: GraphQLLeafType) -> None:
        self.coerce = coerce_of(kind)

    async def complete(self, values: Column, run: Run) -> Column:
        """The values of the scalar or enum."""
        _refuse(values)
        return self.coerce(values)


class Nullable(Completion):
    """A type that may be null."""

    def __init__(self, inner: Completion) -> None:
        self._inner = inner
        self.is_stable, self.selection = inner.is_stable, inner.selection

    def weigh(self, shown: Any) -> Weight:  # noqa: ANN401 - as the others
        """That of the inner type; nothing for null."""
        return NOTHING if shown is None else self._inner.weigh(shown)

    async def complete(self, values: Any, run: Run) -> Column:  # noqa: ANN401 - as the others
        """The values, with null for None."""
        if isinstance(values, Table | Nested):
            return await self._inner.complete(values, run)
        present = [value for value in values if value is not None and value is not Undefined]
        if len(present) == len(values):
            return await self._inner.complete(values, run)
        completed = iter(await self._inner.complete(present, run))
        return [None if value is None or value is Undefined else next(completed) for value in values]


class Required(Completion):
    """A type that must not be null."""

    def __init__(self, inner: Completion) -> None:
        self._inner = inner
        self.is_stable, self.selection = inner.is_stable, inner.selection
        self.weigh = inner.weigh  # type: ignore[method-assign]

    async def complete(self, values: Any, run: Run) -> Column:  # noqa: ANN401 - as the others
        """The values, none of which is None."""
        if not isinstance(values, Table | Nested):
            for value in values:
                if value is None or value is Undefined:
                    raise Unusual("null")
        return await self._inner.complete(values, run)


class Lists(Completion):
    """Lists. `least` is what each item costs at least, before it is made."""

    def __init__(self, item: Completion, *, is_leaf: bool, least: int) -> None:
        self._item = item
        self._is_leaf = is_leaf
        self._least = least
        self.is_stable, self.selection = item.is_stable, item.selection

    def weigh(self, shown: Any) -> Weight:  # noqa: ANN401 - as the others
        """That of all items."""
        if self._is_leaf:
            return Weight(len(shown), 0)
        weights = list(map(self._item.weigh, shown))
        return Weight(sum(each.objects for each in weights), sum(each.cost for each in weights))

    async def complete(self, values: Any, run: Run) -> Column:  # noqa: ANN401 - as the others
        """The items of all lists are completed together."""
        if isinstance(values, Nested):
            items: Parents = values.items
            given, lengths = None, values.lengths
        elif LISTS.issuperset(map(type, values)):
            given = list(chain.from_iterable(values))
            items = await run.items_of(given)
            lengths = list(map(len, values))
        else:
            raise Unusual("value")
        if self._is_leaf:
            run.budget.take(len(items))
        elif run.budget.objects + len(items) > run.budget.limit:
            run.budget.take(len(items))  # which raises
        run.budget.check(self._least * len(items))
        completed = await self._item.complete(items, run)
        if completed is given:
            return list(values)  # items that are shown as they are
        if len(values) == 1:
            return [completed]
        following = iter(completed)
        return [list(islice(following, length)) for length in lengths]


class Objects(Completion):
    """Objects of one type."""

    selection: "Selection"

    def __init__(self, kind: GraphQLObjectType, selection: "Selection", parts: Parts) -> None:
        self._kind = kind
        self.selection = selection
        self._classes: set[type] = set()
        self.is_stable = kind.name in parts.kinds and selection.is_stable
        self._parts = parts.of_selection() if self.is_stable else None

    def weigh(self, shown: Any) -> Weight:  # noqa: ANN401 - as the others
        """That of the object, its fields, and what is below."""
        objects, cost = self.selection.weigh(shown)
        return Weight(1 + objects, cost)

    async def complete(self, values: Any, run: Run) -> Column:  # noqa: ANN401 - as the others
        """The objects with the selected fields."""
        if not isinstance(values, Table):
            for cls in set(map(type, values)) - self._classes:
                self._admit(cls, values)
        elif values.kind != self._kind.name:
            raise Unusual("value")
        run.budget.take(len(values))
        if self._parts is None or isinstance(values, Table):
            return await self.selection.execute(values, run)
        return await self._of_parts(values, self._parts, run)

    async def _of_parts(self, values: Column, parts: PartsOfSelection, run: Run) -> Column:
        """The objects, each executed once and then known. The budget counts each as often as the reply has it."""
        made: list[Part] = []
        try:
            of_values = list(map(parts.known.__getitem__, map(id, values)))
        except KeyError:
            known = {id(value): parts.known[id(value)] for value in values if id(value) in parts.known}
            made = await self._make({id(value): value for value in values if id(value) not in known}, run)
            parts.add(made)
            known.update((id(part.of), part) for part in made)
            of_values = [known[id(value)] for value in values]
        run.budget.take(sum(map(OBJECTS, of_values)) - sum(map(OBJECTS, made)))
        run.budget.spend(sum(map(COST, of_values)) - sum(map(COST, made)))
        await run.rest()
        return list(map(SHOWN, of_values))

    async def _make(self, missing: Mapping[int, Any], run: Run) -> list[Part]:
        """The parts of objects."""
        shown = await self.selection.execute(list(missing.values()), run)
        weights = map(self.selection.weigh, shown)
        return [Part(of, each, *weight) for of, each, weight in zip(missing.values(), shown, weights, strict=True)]

    def _admit(self, cls: type, values: Column) -> None:
        """Accept a class of values, as the type's own function decides by the class.

        Raises:
            Unusual: it does not.
        """
        if issubclass(cls, Exception | Awaitable) or hasattr(cls, "__as_strawberry_type__"):
            raise Unusual("failure")
        example = next(value for value in values if type(value) is cls)
        if self._kind.is_type_of is not None and self._kind.is_type_of(example, None) is not True:  # type: ignore[arg-type]
            raise Unusual("value")
        self._classes.add(cls)


class Abstract(Completion):
    """Objects of an interface or a union: those of each type are completed together."""

    def __init__(self, kind: GraphQLAbstractType, compiler: "Compiler", details: "Details") -> None:
        self._kind = kind
        self._compiler = compiler
        self._details = details
        self._of_class: dict[type, Objects] = {}
        self._of_type: dict[str, Objects] = {}

    async def complete(self, values: Column, run: Run) -> Column:
        """The objects, each with the fields that are selected for its type."""
        _refuse(values)
        places: dict[str, list[int]] = {}
        for place, value in enumerate(values):
            places.setdefault(self._name(value, run), []).append(place)
        completed: Column = [None] * len(values)
        parts = [self._of_type[name].complete([values[place] for place in each], run) for name, each in places.items()]
        for each, objects in zip(places.values(), await run.values_of(parts) if parts else [], strict=True):
            for place, made in zip(each, objects, strict=True):
                completed[place] = made
        return completed

    def _name(self, value: Any, run: Run) -> str:  # noqa: ANN401 - any object
        if self._kind.resolve_type is None:
            raise Unusual("construct")
        info: Any = FieldInfo("", run.schema, run.context, run.variables)
        name = self._kind.resolve_type(value, info, self._kind)
        kind = run.schema.get_type(name) if isinstance(name, str) else None
        if not isinstance(kind, GraphQLObjectType) or not run.schema.is_sub_type(self._kind, kind):
            raise Unusual("value")
        if kind.name not in self._of_type:
            self._of_type[kind.name] = Objects(
                kind, self._compiler.selection(kind, self._details), self._compiler.parts
            )
        return kind.name


def completion_of(kind: GraphQLOutputType, compiler: "Compiler", details: "Details") -> Completion:
    """The completion of a field's type."""
    if is_non_null_type(kind):
        return Required(_of_nullable(kind.of_type, compiler, details))
    return Nullable(_of_nullable(kind, compiler, details))


def _of_nullable(kind: Any, compiler: "Compiler", details: "Details") -> Completion:  # noqa: ANN401 - a type
    if isinstance(kind, GraphQLList):
        item = kind.of_type
        named = item.of_type if isinstance(item, GraphQLNonNull) else item
        least = compiler.least(named, details) if named is not item and isinstance(named, GraphQLObjectType) else 0
        return Lists(completion_of(item, compiler, details), is_leaf=is_leaf_type(named), least=least)
    if isinstance(kind, GraphQLObjectType):
        return Objects(kind, compiler.selection(kind, details), compiler.parts)
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        return Abstract(kind, compiler, details)
    return Leaves(kind)


def _refuse(values: Column) -> None:
    """Refuse errors and awaitables in the place of values.

    Raises:
        Unusual: there is one.
    """
    for cls in set(map(type, values)):
        if issubclass(cls, Exception | Awaitable):
            raise Unusual("failure")

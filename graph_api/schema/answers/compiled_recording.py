"""Documents that only record answers, compiled once: parsed, validated and measured when they are first seen.

Each request then reads its variables, submits the answers and writes the reply, without graphql-core's execution. A
request that is not plain takes the usual path before anything was submitted. Both paths use the same types of the
schema, the same checks and the same intake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    parse,
    validate,
)
from graphql.error import located_error

from graph_api.domain import failures
from graph_api.domain.answers import answers as domain
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.principals import Role
from graph_api.execution.operation_outcomes import note_failure
from graph_api.execution.query_costs import Costs
from graph_api.execution.query_limits import NAME_LENGTH, QueryLimits, fragments_of, too_large
from graph_api.execution.selected_fields import fields_of
from graph_api.schema.allowed_fields import allowed_fields
from graph_api.schema.answers.record_answer import AnswerInput
from graph_api.schema.answers.recording_inputs import AnswerReader, NotPlain, read_atomic
from graph_api.schema.answers.recording_replies import Replies, Write
from graph_api.schema.context import Context
from graph_api.schema.failures import as_type, unavailable
from graph_api.schema.learners.answer import Change
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.store.pace import in_slices

INPUTS = {"recordAnswer": "AnswerInput", "recordAnswers": "RecordAnswersInput"}
OBJECTS_EACH = 200
"""Objects that the reply may have for one answer, at most: the answer, its changes, and what it mentioned."""
MOST_ANSWERS = 500
"""Answers of a call that are read at once. Longer calls are coerced in a thread, on the usual path."""
STATUSES = frozenset({"status", "statusBefore"})
Checked: TypeAlias = domain.AnswerInput | failures.Failure


@dataclass(eq=False)
class Compiled:
    """A document that records answers.

    Attributes:
        many: whether it records a sequence.
        variable: the name of its only variable.
        key: the key of its only field in the reply.
        fields: what it selects, for the rules of access.
        cost: its cost with one answer, and what each more adds.
        needs_thresholds: whether it selects statuses.
    """

    document: DocumentNode
    node: FieldNode
    many: bool
    variable: str
    key: str
    fields: frozenset[str]
    cost: tuple[int, int]
    needs_thresholds: bool
    reader: AnswerReader
    change: Write | None
    payload: Write
    outcome_failures: Mapping[str, Write]
    call: Write
    call_failures: Mapping[str, Write]
    _allowed: dict[tuple[Role, bool], bool] = field(default_factory=dict)

    def allows(self, role: Role, *, students_may_record: bool) -> bool:
        """Whether a role may select all of its fields."""
        key = role, students_may_record
        if key not in self._allowed:
            self._allowed[key] = self.fields <= allowed_fields(role, students_may_record=students_may_record)
        return self._allowed[key]

    def costs(self, answers: int) -> int:
        """The cost of the document with N answers."""
        first, more = self.cost
        return first + (answers - 1) * more


def compile_recording(text: str, name: str | None, schema: GraphQLSchema, limits: QueryLimits) -> Compiled:
    """The compiled form of a document.

    Raises:
        NotPlain: it is not one that only records answers, with one variable; or it is refused, by whatever rule.
    """
    if len(text) > limits.characters or len(name or "") > NAME_LENGTH:
        raise NotPlain
    try:
        document = parse(text, max_tokens=limits.tokens)
        if too_large(document, limits) or validate(schema, document):
            raise NotPlain
    except (GraphQLError, RecursionError) as fault:
        raise NotPlain from fault
    operation, node, variable = _shape(document, name)
    many = node.name.value == "recordAnswers"
    reply = Replies(schema, fragments_of(document))
    below = [node.selection_set] if node.selection_set else []
    result = "RecordAnswersResult" if many else "RecordAnswerResult"
    outcomes = below
    call: Write = lambda _: {}  # noqa: E731 - of a document that records one answer
    if many:
        of_call = _type(schema, "RecordAnswersPayload")
        listed = [each for nodes in reply.selected(below, of_call).values() for each in nodes]
        outcomes = [each.selection_set for each in listed if each.name.value == "outcomes" and each.selection_set]
        if len({(each.alias or each.name).value for each in listed if each.name.value == "outcomes"}) > 1:
            raise NotPlain
        call = reply.of_object(below, of_call, {"outcomes": lambda written: written})
    payload, changes = _type(schema, "RecordAnswerPayload"), _type(schema, "Change")
    of_changes = [
        each
        for nodes in reply.selected(outcomes, payload).values()
        for each in nodes
        if each.name.value == "changes" and each.selection_set
    ]
    if len({(each.alias or each.name).value for each in of_changes}) > 1:
        raise NotPlain
    below_changes = [each.selection_set for each in of_changes if each.selection_set]
    own: dict[str, Write] = {"changes": lambda source: source.changes}
    selected = {each.name.value for nodes in reply.selected(below_changes, changes).values() for each in nodes}
    return Compiled(
        document=document,
        node=node,
        many=many,
        variable=variable,
        key=(node.alias or node.name).value,
        fields=fields_of(document, schema, name),
        cost=_cost(Costs(schema, document, operation), variable, many=many),
        needs_thresholds=not STATUSES.isdisjoint(selected),
        reader=AnswerReader(schema),
        change=reply.of_object(below_changes, changes) if below_changes else None,
        payload=reply.of_object(outcomes, payload, own),
        outcome_failures=reply.of_failures(outcomes, "RecordAnswerResult"),
        call=call,
        call_failures=reply.of_failures(below, result),
    )


def _shape(document: DocumentNode, name: str | None) -> tuple[OperationDefinitionNode, FieldNode, str]:
    """The only operation of a document, its only field, and the name of its only variable.

    Raises:
        NotPlain: it has more, or other ones.
    """
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1:
        raise NotPlain
    (operation,) = operations
    own_name = operation.name.value if operation.name else None
    if operation.operation is not OperationType.MUTATION or operation.directives or name not in {None, own_name}:
        raise NotPlain
    declared, selections = operation.variable_definitions or (), operation.selection_set.selections
    if len(declared) != 1 or len(selections) != 1:
        raise NotPlain
    (variable,), (node,) = declared, selections
    if variable.default_value is not None or variable.directives or not isinstance(node, FieldNode) or node.directives:
        raise NotPlain
    kind = variable.type.type if isinstance(variable.type, NonNullTypeNode) else None
    if not isinstance(kind, NamedTypeNode) or INPUTS.get(node.name.value) != kind.name.value:
        raise NotPlain
    values = [argument.value for argument in node.arguments or ()]
    if len(values) != 1 or not isinstance(values[0], VariableNode):
        raise NotPlain
    return operation, node, variable.variable.name.value


def _cost(costs: Costs, variable: str, *, many: bool) -> tuple[int, int]:
    answer = {"studentId": "a"}
    if not many:
        return costs.of({variable: answer}), 0
    first, second = (costs.of({variable: {"answers": [answer] * answers}}) for answers in (1, 2))
    return first, second - first


def _type(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    kind = schema.type_map[name]
    if not isinstance(kind, GraphQLObjectType):
        raise TypeError(f"{name} must be an object type")
    return kind


class _Written:
    """What the payload of an answer shows, as the functions of a reply read it."""

    def __init__(self, recorded: domain.Recorded, changes: list[Any]) -> None:
        self.answer = recorded.answer
        self.duplicate = recorded.duplicate
        self.changes = changes


class Recording:
    """One request of a compiled document. Make it, which reads the variables; then `run` it."""

    def __init__(self, compiled: Compiled, variables: object, context: Context, limits: QueryLimits) -> None:
        """Read the variables.

        Raises:
            NotPlain: they are not plain, or the principal may not do this.
        """
        self.compiled = compiled
        self.context = context
        if type(variables) is not dict or len(variables) != 1 or compiled.variable not in variables:
            raise NotPlain
        sent, self._atomic = variables[compiled.variable], False
        sequence: Sequence[object] = [sent]
        if compiled.many:
            if type(sent) is not dict or not {"answers", "atomic"}.issuperset(sent):
                raise NotPlain
            self._atomic, given = read_atomic(sent), sent.get("answers")
            if type(given) is not list or not 1 <= len(given) <= MOST_ANSWERS:
                raise NotPlain
            sequence = given
        principal = context.principal
        over = compiled.costs(len(sequence)) > limits.cost or len(sequence) * OBJECTS_EACH > limits.objects
        allowed = compiled.allows(principal.role, students_may_record=context.services.students_may_record)
        if over or not allowed:
            raise NotPlain
        try:
            context.check_token()
        except failures.Failure as fault:
            raise NotPlain from fault
        self._inputs = [compiled.reader.read(each) for each in sequence]

    async def run(self) -> Any:  # noqa: ANN401 - JSON
        """Submit the answers; returns the value of the document's only field.

        Raises:
            GraphQLError: naming the place of the reply that has no value.
        """
        compiled = self.compiled
        path: list[str | int] = [compiled.key]
        try:
            one = self._inputs[0]  # alone it is no work to share the event loop for
            checked = await in_slices(self._check, self._inputs) if compiled.many else [self._check(one)]
            try:
                if not compiled.many and isinstance(checked[0], failures.Failure):
                    raise checked[0]
                outcomes = await self.context.services.intake.submit(checked, atomic=self._atomic)
            except failures.Failure as failure:
                return _failed(failure, compiled.call_failures)
            except DatabaseUnavailable as fault:
                return _failed(unavailable(fault), compiled.call_failures)
            if not compiled.many and isinstance(outcomes[0], failures.Failure):
                return _failed(outcomes[0], compiled.call_failures)
            recorded = [place for place, each in enumerate(outcomes) if isinstance(each, domain.Recorded)]
            path = [compiled.key, *(("outcomes", recorded[0]) if compiled.many and recorded else ()), "changes"]
            thresholds = await self._thresholds(needed=compiled.needs_thresholds and bool(recorded))
            path = [compiled.key]
            written = await in_slices(lambda outcome: self._write(outcome, thresholds), outcomes)
            return compiled.call(written) if compiled.many else written[0]
        except Exception as fault:
            raise located_error(fault, [compiled.node], path) from fault

    def _check(self, answer: AnswerInput) -> Checked:
        try:
            self.context.principal.may_act_for([answer.student_id], "studentId")
            return answer.parse()
        except failures.Failure as failure:
            return failure

    async def _thresholds(self, *, needed: bool) -> ThresholdsInEffect:
        """The thresholds of every target as they are now; those of the settings if no status is selected."""
        services = self.context.services
        if not needed:
            return ThresholdsInEffect(services.thresholds.default)
        return await services.thresholds.now(services.course_mark())

    def _write(self, outcome: domain.Recorded | failures.Failure, thresholds: ThresholdsInEffect) -> Any:  # noqa: ANN401 - JSON
        if isinstance(outcome, failures.Failure):
            shown = as_type(outcome)
            return self.compiled.outcome_failures[type(shown).__name__](shown)
        write = self.compiled.change
        changes = [write(Change.of(each, thresholds, outcome.answer)) for each in outcome.changes] if write else []
        return self.compiled.payload(_Written(outcome, changes))


def _failed(failure: failures.Failure, declared: Mapping[str, Write]) -> Any:  # noqa: ANN401 - JSON
    shown = as_type(failure)
    note_failure(shown.code)
    return declared[type(shown).__name__](shown)

"""What an operation may cost, from its coerced variables, before anything of it runs; and what it really costs.

The requested cost is an upper estimate of the fields of the reply: a list multiplies the fields of its items by its
length. To that come the prices of fields that compute for long. An argument counts as it will reach the resolver: from
a literal, a variable, the variable's default or the argument's default, after coercion. The length of a list is its
paging argument, else the length declared here.

The actual cost is the same sum over the lists as they are. `execution.bounded_execution` counts it while a query runs,
each object before its fields are executed, and ends a query at the limit. So a query is judged by the data that
exist, not by `first`. A mutation is judged by its requested cost, because it must be refused before it writes.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.extensions import SchemaExtension

from graph_api.domain.failures import QueryTooLarge
from graph_api.execution.budget import BUDGET, COST_SETTING, UNLIMITED, Budget
from graph_api.execution.large_inputs import coerce, known
from graph_api.execution.prices import PRICES
from graph_api.execution.query_limits import ENOUGH, QueryLimits, fragments_of, operations_of

PAGED = ("first", "longest", "last", "count")
"""Arguments that bound the length of a list."""

LENGTHS: Mapping[str, int] = {
    "Concept.skills": 10,
    "Concept.prerequisites": 10,
    "Concept.unlocks": 20,
    "Skill.courses": 5,
    "Group.courses": 10,
    "Student.courses": 10,
    "Query.categories": 50,
    "Stagnation.stuck": 20,
    "Stagnation.concepts": 20,
    "Student.learningPath": 50,
    "Student.groups": 10,
    "Skill.statusCounts": 4,
    "Concept.statusCounts": 4,
    "Student.statusCounts": 4,
    "Explanation.recencyWeights": 100,
    "NextAnswerPrediction.parts": 13,
    "Mastery.confidenceReasons": 2,
    "Recency.confidenceReasons": 2,
    "Topic.confidenceReasons": 2,
    "Due.confidenceReasons": 2,
    "CurvePoint.confidenceReasons": 2,
    "RecencyBreakdown.buckets": 10,
    "ForgettingParameterSet.values": 21,
    "ForgettingTarget.values": 21,
    "RootCause.blocks": 50,
    "WeakClusters.clusters": 20,
    "WeakCluster.causes": 5,
    "WeakCluster.concepts": 20,
    "Topic.weakConcepts": 20,
    "Topic.strongConcepts": 20,
    "Topic.stagnantConcepts": 20,
    "Answer.sampled": 100,
    "Answer.changes": 10,
    "Answer.frozenTags": 10,
    "ClassDistribution.statuses": 4,
    "ClassDistribution.thresholdGroups": 4,
    "HeatMap.thresholdGroups": 4,
    "HeatMap.students": 30,
    "HeatMap.targets": 50,
    "LevelSeries.targets": 50,
    "RecencySeries.skills": 50,
    "TopicSeries.topics": 20,
    "ClassSeries.points": 60,
    "ClassPoint.statuses": 4,
    "ClassMovement.crossings": 2,
    "ClassMovement.transitions": 16,
    "Activity.points": 90,
    "StudentAtRisk.reasons": 10,
    "ModelComparison.models": 16,
    "ModelQuality.byTarget": 20,
    "ModelQuality.calibration": 10,
    "GraphHealth.redundantLinks": 100,
    "RecencyParameterSet.buckets": 10,
    "ServiceInfo.jobs": 10,
    "RevisionConflict.conflicts": 10,
    "Query.references": 100,
    "RecordAnswerPayload.changes": 5,
    "RecordAnswerPayload.masteries": 5,
    "RecordAnswerPayload.topics": 5,
    "RecordAnswerPayload.conceptSamplings": 5,
    "DeleteStudentPayload.groups": 10,
    "ActivateParametersPayload.targets": 100,
    "FitParametersPayload.outcomes": 100,
    "Grade.present": 100,
    "Grade.missing": 100,
}
"""Lengths of lists of objects that have no paging argument: usual ones, on the high side."""

FROM_PARENT = frozenset({"Explanation.steps", "Explanation.evidence", "RootCauses.causes", "AtRisk.students"})
"""Lists whose length an argument of the field above bounds."""

FROM_INPUT: Mapping[str, str] = {
    "Mutation.recordAnswers": "RecordAnswersPayload.outcomes",
    "Mutation.recordJudgements": "JudgementsPayload.judgements",
    "Mutation.revokeJudgements": "JudgementsPayload.judgements",
    "Mutation.upsertStudents": "UpsertStudentsPayload.students",
    "Mutation.upsertSkills": "UpsertSkillsPayload.skills",
    "Mutation.upsertConcepts": "UpsertConceptsPayload.concepts",
    "Mutation.archiveSkills": "SkillsPayload.skills",
    "Mutation.restoreSkills": "SkillsPayload.skills",
    "Mutation.archiveConcepts": "ConceptsPayload.concepts",
    "Mutation.restoreConcepts": "ConceptsPayload.concepts",
    "Mutation.archiveGroups": "GroupsPayload.groups",
    "Mutation.restoreGroups": "GroupsPayload.groups",
    "Mutation.upsertCourses": "UpsertCoursesPayload.courses",
    "Mutation.gradeAnswer": "GradeAnswerPayload.grades",
}
"""Mutations whose payload has a list with an item for each item of the input."""

PER_ITEM: Mapping[str, int] = {
    "RecordAnswersPayload.masteries": 2,
    "RecordAnswersPayload.topics": 2,
    "RecordAnswersPayload.conceptSamplings": 2,
    "JudgementsPayload.masteries": 1,
}
"""Other lists of such payloads: usual numbers of objects for each item of the input. Many answers share objects."""

FROM_LIST = frozenset({"Student.simulate", "Query.nodes", "Query._entities"})
"""Lists with an item for each item of the argument that is a list."""


class Costs:
    """What one operation may cost."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = fragments_of(document)
        self._known: dict[tuple[str, int], int] = {}
        self._variables = VariableValues({}, {})

    def of(self, variables: Mapping[str, Any]) -> int:
        """The cost with these variables; 0 if they are not valid, because then nothing runs."""
        coerced = known(self._operation, variables) or get_variable_values(
            self._schema, self._operation.variable_definitions or (), dict(variables), max_errors=1
        )
        if isinstance(coerced, list):
            return 0
        self._variables = coerced
        return self._of(self._operation.selection_set, self._schema.get_root_type(self._operation.operation), 1)

    def _of(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None, given: int) -> int:
        """The cost of a selection on a type; `given` is the length that an argument above gives to a list in it."""
        total = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                total += self._of_field(node, parent, given)
            elif (name := getattr(getattr(node, "name", None), "value", None)) is not None:
                total += self._of_fragment(name, given)
            else:
                total += self._of(getattr(node, "selection_set", None), self._narrowed(node, parent), given)
        return min(total, ENOUGH)

    def _of_fragment(self, name: str, given: int) -> int:
        if (name, given) not in self._known:
            self._known[name, given] = 0
            fragment = self._fragments.get(name)
            if fragment is not None:
                narrowed = self._narrowed(fragment, None)
                self._known[name, given] = self._of(fragment.selection_set, narrowed, given)
        return self._known[name, given]

    def _narrowed(self, node: Any, parent: GraphQLNamedType | None) -> GraphQLNamedType | None:  # noqa: ANN401 - two kinds of fragments
        condition = node.type_condition
        return parent if condition is None else self._schema.get_type(condition.name.value)

    def _of_field(self, node: FieldNode, parent: GraphQLNamedType | None, given: int) -> int:
        field = (
            parent.fields.get(node.name.value) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        )
        if field is None or parent is None:
            return 1
        path = f"{parent.name}.{node.name.value}"
        asked = self._asked(node, field, path)
        length = self._length(field, parent, path, given, asked)
        inside = self._of(node.selection_set, get_named_type(field.type), asked or 1)
        return min(1 + PRICES.get(path, 0) + length * inside, ENOUGH)

    def _asked(self, node: FieldNode, field: GraphQLField, path: str) -> int | None:
        """What the arguments of a field bound its list to, or a list below it; None if no argument does."""
        paged = next((name for name in PAGED if name in field.args), None)
        counted = path in FROM_INPUT or path in FROM_LIST
        if paged is None and not counted:
            return None
        try:
            arguments = get_argument_values(field, node, self._variables)
        except GraphQLError:
            return 1  # the field itself will fail in the same way
        if paged is None:
            return max(1, *(len(items) for items in _lists(arguments)))
        asked = arguments.get(paged)
        return max(asked, 1) if isinstance(asked, int) else 1

    def _length(self, field: GraphQLField, parent: GraphQLNamedType, path: str, given: int, asked: int | None) -> int:
        if not is_list_type(get_nullable_type(field.type)):
            return 1
        if asked is not None:
            return asked
        if path in PER_ITEM:
            return given * PER_ITEM[path]
        if parent.name.endswith("Connection") or path in FROM_PARENT or path in FROM_INPUT.values():
            return given
        return 1 if is_leaf_type(get_named_type(field.type)) else LENGTHS.get(path, 100)


def _lists(value: object) -> Iterator[list[Any]]:
    """The lists in an argument's value, and an empty one."""
    yield []
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _lists(each)
    elif isinstance(value, list):
        yield value


class CostLimit(SchemaExtension):
    """Gives an operation its budget of objects and cost, and refuses a mutation whose reply may cost too much."""

    def __init__(self, limits: QueryLimits) -> None:
        super().__init__()
        self._limits = limits
        self._cost: int | None = None
        self._budget = Budget(limits.objects, limits.cost)

    def on_operation(self) -> Iterator[None]:
        """End the budget with the operation."""
        try:
            yield
        finally:
            self._budget.end()

    async def on_validate(self) -> AsyncIterator[None]:
        """Set the errors, if it is to be refused: then nothing runs, not even a subscription."""
        context = self.execution_context
        document, core = context.graphql_document, context.schema._schema  # noqa: SLF001 - no public way
        BUDGET.set(self._budget)
        if document is not None and not context.pre_execution_errors:
            self._cost, variables = 0, context.variables or {}
            is_mutation = False
            for node in operations_of(document, context.operation_name):
                await coerce(core, node, variables)
                self._cost = max(self._cost, Costs(core, document, node).of(variables))
                is_mutation |= node.operation is OperationType.MUTATION
            if is_mutation:
                self._admit_mutation(self._cost)
        yield

    def _admit_mutation(self, cost: int) -> None:
        """Refuse a mutation by its requested cost; one that is admitted is not cut off by its cost after it wrote."""
        self._budget.cost_limit = UNLIMITED
        if cost > self._limits.cost:
            rule = f"must cost at most {self._limits.cost} ({COST_SETTING}), may cost {cost}; "
            refused = QueryTooLarge("query", rule + "request fewer or shorter lists")
            error = GraphQLError(refused.message, original_error=refused)
            self.execution_context.pre_execution_errors = [error]

    def get_results(self) -> dict[str, Any]:
        """The cost, for the `extensions` of the reply, where the client requests it."""
        context = self.execution_context
        wanted = (context.operation_extensions or {}).get("cost") is True
        if self._cost is None or not (wanted or getattr(context.context, "shows_cost", False)):
            return {}
        budget = self._budget
        made = {"actual": budget.cost, "limit": self._limits.cost, "objects": budget.objects}
        shown = {"requested": self._cost, **made}
        return {"cost": shown}

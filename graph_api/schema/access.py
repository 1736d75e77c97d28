"""Which role may ask for which field: all rules are here, and what has no rule is refused.

These rules decide which fields a role may select; row-level access is enforced below, at every statement
(`graph_api.store.viewers`). A document is refused before anything of it runs, whatever is in the database.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionSetNode,
    get_named_type,
)
from strawberry.extensions import SchemaExtension

from graph_api.domain.failures import Failure, Forbidden
from graph_api.domain.principals import CLIENTS, Role
from graph_api.execution.query_limits import DOCUMENTS_KEPT, fragments_of, operations_of
from graph_api.schema.context import Context

STUDENT, TEACHER, ANALYST, SERVICE, ADMIN = Role
ALL_ROLES = frozenset(Role)
STAFF = ALL_ROLES - {STUDENT}
PERSONAL = ALL_ROLES - {ANALYST}
"""What is of one student: the student, who teaches them, and the service that serves them."""
TEACHING = frozenset({TEACHER, SERVICE, ADMIN})
ANSWERING = frozenset({STUDENT, SERVICE, ADMIN})
WHOLE = frozenset({ANALYST, SERVICE, ADMIN})
ANALYSIS = frozenset({ANALYST, ADMIN})
OPERATORS = frozenset({ADMIN})

MOST_NAMED = 10
"""Refused fields that one reply names."""

PAGED = (
    "Answer",
    "AnsweredQuestion",
    "AuditEntry",
    "CauseStudent",
    "Concept",
    "Course",
    "Group",
    "Mastery",
    "ParameterSet",
    "Run",
    "Session",
    "Skill",
    "Student",
    "Topic",
    "TopicEvaluation",
)
"""Types with a connection and an edge."""
FAILURES = {
    "Failure": "", "AnswerIdConflict": "", "Forbidden": "", "GroupTooSmall": "", "InvalidInput": "", "NotRecorded": "",
    "RunCancelled": "", "SemanticUnavailable": "",
    "ConceptNotFound": "missing", "CourseNotFound": "missing", "GroupNotFound": "missing",
    "ParameterSetNotFound": "missing",
    "RunNotFound": "missing", "SessionNotFound": "missing", "SkillNotFound": "missing", "StudentNotFound": "missing",
    "Overloaded": "retryAfter", "Unavailable": "retryAfter",
    "PrerequisiteCycle": "cycle", "SessionClosed": "status", "StudentErased": "erased",
}  # fmt: skip
"""Types of failures, each with the fields that it has beside those of `Failure`."""
RESULTS = (
    "ActivateParameters", "CancelRun", "DeleteStudent", "EndSession", "ExpireSessions", "FitParameters",
    "GradeAnswer", "LinkPrerequisite", "PutParameterSet", "PutRecencyParameters", "PutTopicParameters",
    "RecomputeRecency", "RecordAnswer", "RecordAnswers", "Replay", "StartSession", "UnlinkPrerequisite",
    "UpsertConcepts", "UpsertGroup", "UpsertSkills", "UpsertStudents",
)  # fmt: skip
"""Interfaces of results: what a mutation returns, whether it succeeds or fails."""

ACCESS: dict[str, dict[frozenset[Role], str]] = {
    # What can be asked for.
    "Query": {
        ALL_ROLES: "group skill skills concept concepts course courses categories me serviceInfo node nodes",
        PERSONAL: "student session",
        TEACHING: "students",
        STAFF: "groups parameterSets recencyParameterSets topicParameterSets graphHealth",
        WHOLE: "rootCauses weakClusters run runs",
        ANALYSIS: "modelComparison",
        OPERATORS: "auditLog",
    },
    "Subscription": {PERSONAL: "masteryChanged", CLIENTS: "runProgress"},
    # What can be done.
    "Mutation": {
        ANSWERING: "recordAnswer recordAnswers startSession endSession recomputeRecency",
        PERSONAL: "gradeAnswer",
        STAFF: "replay",
        CLIENTS: "upsertStudents",
        OPERATORS: (
            "deleteStudent upsertGroup upsertSkills upsertConcepts linkPrerequisite unlinkPrerequisite "
            "upsertCourses "
            "addCourseSkills removeCourseSkills addGroupCourses removeGroupCourses archiveCourse deleteCourse "
            "putParameterSet activateParameters putRecencyParameters putTopicParameters fitParameters "
            "expireSessions cancelRun"
        ),
    },
    # The course.
    "Node": {ALL_ROLES: "nodeId id"},
    "Target": {ALL_ROLES: "nodeId id name kind"},
    "Skill": {
        ALL_ROLES: (
            "nodeId id kind code name category level description block year concepts courses parameters masteries "
            "statusCounts"
        ),
        PERSONAL: "questions",
    },
    "Concept": {
        ALL_ROLES: (
            "nodeId id kind name skillCodes prerequisiteIds skills prerequisites unlocks parameters masteries "
            "statusCounts"
        ),
        PERSONAL: "questions",  # callers choose their ids
    },
    "AnsweredQuestion": {PERSONAL: "questionId answers correct students"},
    "Course": {ALL_ROLES: "nodeId id name description archivedAt skills"},
    "CategoryCount": {ALL_ROLES: "category skills"},
    "GraphHealth": {STAFF: "concepts links depth longestChain components largestComponent orphans redundantLinks"},
    "PrerequisiteLink": {STAFF: "prerequisiteId conceptId"},
    # A student.
    "Student": {
        PERSONAL: (
            "nodeId id name groups courses masteries weakListRule mastery levelAt answers weakSkills strongSkills "
            "weakByRecency topic samplingRecords sampleConcepts explain forecast simulate learningCurve rootCauses "
            "weakClusters readyToLearn toReview learningPath due lastPracticedAt attempts meanLevel statusCounts "
            "sessions topics"
        ),
    },
    "Session": {PERSONAL: "nodeId id studentId status startedAt endedAt student"},
    "Answer": {
        PERSONAL: (
            "nodeId id studentId at recordedAt correct conceptIds skillCodes sessionId questionId difficulty "
            "responseTime semanticScore keywordScore sampled changes student frozenTags"
        ),
    },
    "FrozenTag": {PERSONAL: "skillCode block year"},
    "SampledMention": {PERSONAL: "conceptId mentioned"},
    "Change": {
        PERSONAL: (
            "concept skill target levelBefore levelAfter statusBefore status opportunity parameterSet parameters "
            "student answer mastery"
        ),
    },
    "Mastery": {
        ALL_ROLES: "studentId kind target level status attempts concept skill thresholds",
        PERSONAL: (
            "nodeId id correct accuracy lastPracticedAt updatedAt student parameters recency interval confidence "
            "retrievability weakRule"
        ),
    },
    "WeakListRule": {PERSONAL: "measure threshold minAttempts"},
    "Recency": {
        PERSONAL: "nodeId id score status breakdown interval confidence asOf parameterSetId version",
        CLIENTS: "run",
    },
    "RecencyBreakdown": {PERSONAL: "totalAttempts buckets useDifficulty reason required actual"},
    "RecencyBucket": {PERSONAL: "days attempts correct accuracyPercent weight contribution"},
    "RecencyWeight": {PERSONAL: "at correct weight"},
    "Topic": {
        PERSONAL: (
            "nodeId id skillCode topic masteryLevel stage interval confidence questionsAttempted correctCount "
            "currentDifficulty learningVelocity lastMastery semanticAvg keywordAvg avgResponseTime "
            "consecutiveGood consecutivePoor weakConcepts strongConcepts stagnantConcepts conceptCount "
            "parameterSetId skill accuracy history difficultyByPolicy"
        ),
    },
    "TopicEvaluation": {
        PERSONAL: "answerId at masteryLevel learningVelocity stage difficulty questionsAttempted correctCount",
    },
    "DifficultyByPolicy": {PERSONAL: "jump gradual inEffect"},
    "TopicParts": {PERSONAL: "semantic keyword mastery"},
    "ConceptSampling": {
        PERSONAL: (
            "nodeId id conceptId attempts timesMentioned timesMissed lastSeen stagnationCount samplingMastery isWeak "
            "isStrong concept"
        ),
    },
    "SampledConcept": {PERSONAL: "priority uncappedPriority record concept"},
    "Explanation": {PERSONAL: "level status rule thresholds attempts steps recency recencyWeights topic parameters"},
    "LevelStep": {PERSONAL: "correct before pCorrect posterior after answerId at"},
    "Forecast": {PERSONAL: "level pNextCorrect interval threshold answersToMastery pMasteredWithin"},
    "Due": {PERSONAL: "mastery retrievability halfLifeDays lastPracticedAt below minLevel"},
    "ReadyConcept": {
        PERSONAL: "conceptId level status attempts unlocksWeak concept threshold minAttempts masteredFrom",
    },
    # A class; students stand under pseudonyms for analysts.
    "Group": {
        ALL_ROLES: "nodeId id name courses",
        STAFF: "size distribution heatmap recencyHeatmap learningCurve atRisk rootCauses weakClusters",
        TEACHING: "teacherIds members",
    },
    "ClassDistribution": {
        STAFF: "kind students targets defined total coverage meanLevel statuses hardest thresholds",
    },
    "StatusCount": {ALL_ROLES: "status count share"},
    "HardTarget": {STAFF: "students meanLevel needFocus target concept skill"},
    "HeatMap": {STAFF: "kind studentIds targetIds levels attempts"},
    "RecencyHeatMap": {STAFF: "studentIds targetIds scores attempts asOf"},
    "AtRisk": {
        STAFF: (
            "rule membersChecked atRiskCount students threshold minAttempts masteredFrom stuckAttempts drop "
            "inactiveDays"
        ),
    },
    "StudentAtRisk": {STAFF: "studentId reasons", TEACHING: "student"},
    "RiskReason": {STAFF: "message"},
    "FallingTrend": {STAFF: "message recentAnswers recentAccuracy beforeAnswers beforeAccuracy"},
    "FallingTopic": {STAFF: "message skillCode velocity skill"},
    "RootCauseReason": {STAFF: "message conceptId blocks level status threshold concept"},
    "Stagnation": {STAFF: "message missedIds stuckIds stuck threshold stuckAttempts concepts"},
    "StuckConcept": {STAFF: "conceptId level status attempts concept"},
    "Inactivity": {STAFF: "message lastPracticedAt days"},
    "LevelDifference": {TEACHING: "mastery level change status"},
    # Values that students, classes and the whole have in common; their own fields are behind the rules above.
    "Interval": {ALL_ROLES: "low high"},
    "CurvePoint": {ALL_ROLES: "opportunity answers incorrect errorRate interval confidence"},
    "RootCauses": {ALL_ROLES: "rule threshold minAttempts students causes"},
    "RootCause": {
        ALL_ROLES: "conceptId level score students studentsBlocked studentsWeak concept blocks",
        STAFF: "heldBackStudents blockedStudents weakStudents",
    },
    "CauseStudent": {STAFF: "studentId level status attempts blocks", TEACHING: "student"},
    "WeakClusters": {ALL_ROLES: "rule threshold minAttempts method clusters excludedCount largestShare"},
    "WeakCluster": {ALL_ROLES: "size deficit causes concepts"},
    # Parameters, and how well they predict.
    "ParameterSet": {
        ALL_ROLES: "nodeId id name version prior learn guess slip forget origin createdAt active",
        STAFF: "fit",
    },
    "ParametersInEffect": {ALL_ROLES: "parameterSet source message"},
    "Fit": {
        STAFF: (
            "target conceptId skillCode method replacedId answers students logLikelihoodBefore logLikelihood "
            "iterations converged reason priorError learnError guessError slipError before heldOut flags "
            "masteredCorrect calibrationBefore calibration chance"
        ),
        WHOLE: "run",
    },
    "FitOutcome": {OPERATORS: "target conceptId skillCode reason activated answers students parameterSet before"},
    "Metrics": {STAFF: "answers auc rmse logLoss accuracy"},
    "ModelComparison": {ANALYSIS: "kind answers students folds seed models caveats"},
    "ModelQuality": {ANALYSIS: "model metrics calibration"},
    "CalibrationBin": {ANALYSIS: "low high answers predicted correct"},
    "RecencyParameterSet": {
        STAFF: (
            "nodeId id name version lookbackDays minAttempts buckets easyWeight mediumWeight hardWeight useDifficulty "
            "createdAt inEffect"
        ),
    },
    "RecencyWindow": {STAFF: "days weight"},
    "TopicParameterSet": {STAFF: "nodeId id name version parameters createdAt inEffect"},
    # The caller.
    "Principal": {ALL_ROLES: "id role expiresAt groups", PERSONAL: "student", TEACHING: "teacher"},
    "Teacher": {TEACHING: "id groups"},
    # The service.
    "ServiceInfo": {ALL_ROLES: "name version time thresholds", CLIENTS: "engine jobs"},
    "MasteryThresholds": {ALL_ROLES: "mastered focus weak weakAttempts"},
    "Job": {CLIENTS: "name schedule nextAt lastAt runningOn skipped lastRun"},
    "Run": {
        WHOLE: "nodeId id algorithm version parameters trigger startedBy status startedAt finishedAt progress",
        CLIENTS: "input output error",  # they may name students
    },
    "RunProgress": {WHOLE: "step done total"},
    "AuditEntry": {OPERATORS: "id at principal role mutation subjects outcome"},
    # What mutations give back.
    "RecordAnswerPayload": {ANSWERING: "answer duplicate changes masteries topics conceptSamplings"},
    "RecordAnswersPayload": {ANSWERING: "outcomes masteries topics conceptSamplings"},
    "SessionPayload": {ANSWERING: "session masteries"},
    "GradeAnswerPayload": {PERSONAL: "grades"},
    "Grade": {PERSONAL: "keywordScore semanticScore combinedScore present missing"},
    "ReplayPayload": {STAFF: "parameterSet masteries changed statusChanged meanChange", TEACHING: "differences"},
    "UpsertStudentsPayload": {CLIENTS: "students"},
    "RecomputeRecencyPayload": {CLIENTS: "run masteries", ANSWERING: "student"},
    "DeleteStudentPayload": {OPERATORS: "id answers masteries sessions groups"},
    "UpsertGroupPayload": {OPERATORS: "group"},
    "UpsertSkillsPayload": {OPERATORS: "skills"},
    "UpsertConceptsPayload": {OPERATORS: "concepts"},
    "UpsertCoursesPayload": {OPERATORS: "courses"},
    "CoursePayload": {OPERATORS: "course"},
    "GroupCoursesPayload": {OPERATORS: "group"},
    "DeleteCoursePayload": {OPERATORS: "id skills groups deleted"},
    "PrerequisitePayload": {OPERATORS: "concept prerequisite"},
    "ParameterSetPayload": {OPERATORS: "parameterSet"},
    "ActivateParametersPayload": {OPERATORS: "run replayedLevels parameterSet targets"},
    "RecencyParametersPayload": {OPERATORS: "parameterSet warnings"},
    "TopicParametersPayload": {OPERATORS: "parameterSet"},
    "FitParametersPayload": {OPERATORS: "run outcomes before heldOut replayedLevels"},
    "ExpireSessionsPayload": {OPERATORS: "run"},
    "CancelRunPayload": {OPERATORS: "run"},
    # Frames of what the rules above let through.
    "PageInfo": {ALL_ROLES: "hasNextPage hasPreviousPage startCursor endCursor"},
    **{f"{noun}Connection": {ALL_ROLES: "edges pageInfo nodes totalCount"} for noun in PAGED},
    **{f"{noun}Edge": {ALL_ROLES: "node cursor"} for noun in PAGED},
    **{failure: {ALL_ROLES: f"message code field rule value {own}"} for failure, own in FAILURES.items()},
    **{f"{mutation}Result": {ALL_ROLES: "failure"} for mutation in RESULTS},
}  # fmt: skip
"""For each type, the fields that each set of roles may select. Every field of the schema is in exactly one set."""

for kind in (*(name for name in ACCESS if name.endswith("Payload")), *FAILURES.keys() - {"Failure"}):
    ACCESS[kind].setdefault(ALL_ROLES, "")  # the reason of a failure is for every role that may call the mutation
    ACCESS[kind][ALL_ROLES] += " failure"

ALLOWED: Mapping[Role, frozenset[str]] = {
    role: frozenset(
        f"{kind}.{field}"
        for kind, rules in ACCESS.items()
        for roles, fields in rules.items()
        if role in roles
        for field in fields.split()
    )
    for role in Role
}
"""The fields that each role may ask for."""


RECORDING = frozenset(f"Mutation.{name}" for name in ("recordAnswer", "recordAnswers", "startSession", "endSession"))
"""What a student's token may not do where GRAPH_API_STUDENTS_MAY_RECORD is false."""


def allowed_fields(role: Role, *, students_may_record: bool) -> frozenset[str]:
    """The fields that a role may select under the service's settings.

    >>> "Mutation.recordAnswer" in allowed_fields(Role.STUDENT, students_may_record=False)
    False
    """
    return ALLOWED[role] if students_may_record or role is not STUDENT else ALLOWED[role] - RECORDING


def may_see(role: Role, type_name: str) -> bool:
    """Whether a role may see objects of a type that `node` gives.

    >>> may_see(Role.ANALYST, "Student")
    False
    """
    return f"{type_name}.nodeId" in ALLOWED[role]


@lru_cache(maxsize=DOCUMENTS_KEPT)
def fields_of(document: DocumentNode, schema: GraphQLSchema, operation_name: str | None = None) -> frozenset[str]:
    """Every field that an operation selects, as Type.field, each fragment looked at where it is spread.

    A field is selected through the declared type of its place and through the type conditions around it, and has to
    be allowed for each of them: `... on Node { nodeId }` inside a student selects Node.nodeId and Student.nodeId. A
    fragment that no operation reaches selects nothing, and neither does the schema itself (`__schema`, `__type`,
    `__typename`). Without a name all operations count.

    >>> from graphql import build_schema, parse
    >>> fields = "{ a { ...F } } fragment F on A { b } fragment Unused on A { a { b } }"
    >>> sorted(fields_of(parse(fields), build_schema("type Query { a: A } type A { a: A b: Int }")))
    ['A.b', 'Query.a']
    """
    walk = _Walk(schema, fragments_of(document))
    for node in operations_of(document, operation_name):
        walk.through(node.selection_set, _types(schema.get_root_type(node.operation)))
    return frozenset(walk.fields)


def _types(kind: GraphQLNamedType | None) -> frozenset[GraphQLObjectType | GraphQLInterfaceType]:
    """A type as the types of a place, if it has fields; a union has none of its own."""
    return frozenset({kind} if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else ())


class _Walk:
    """Walks the selections of a document, and collects what they select."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fields: set[str] = set()
        self._schema = schema
        self._fragments = fragments
        self._walked: set[tuple[str, frozenset[GraphQLObjectType | GraphQLInterfaceType]]] = set()

    def through(
        self, selections: SelectionSetNode | None, place: frozenset[GraphQLObjectType | GraphQLInterfaceType]
    ) -> None:
        """Collect the fields of a selection at a place, which is the types that it is selected through."""
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                self._field(node, place)
            elif isinstance(node, InlineFragmentNode):
                self.through(node.selection_set, self._narrowed(place, node.type_condition))
            elif isinstance(node, FragmentSpreadNode) and (fragment := self._fragments.get(node.name.value)):
                inner = self._narrowed(place, fragment.type_condition)
                if (node.name.value, inner) not in self._walked:  # so that cycles end and doubling stays linear
                    self._walked.add((node.name.value, inner))
                    self.through(fragment.selection_set, inner)

    def _field(self, node: FieldNode, place: frozenset[GraphQLObjectType | GraphQLInterfaceType]) -> None:
        name = node.name.value
        if name.startswith("__"):  # the schema, whose types hold nothing of anyone; `__typename` has no fields
            return
        kinds = [kind for kind in place if name in kind.fields]
        self.fields.update(f"{kind.name}.{name}" for kind in kinds)
        if node.selection_set:
            below = [_types(get_named_type(kind.fields[name].type)) for kind in kinds]
            self.through(node.selection_set, frozenset().union(*below))

    def _narrowed(
        self, place: frozenset[GraphQLObjectType | GraphQLInterfaceType], condition: NamedTypeNode | None
    ) -> frozenset[GraphQLObjectType | GraphQLInterfaceType]:
        return place if condition is None else place | _types(self._schema.get_type(condition.name.value))


class AccessRules(SchemaExtension):
    """Refuses what is not for its principal, and a principal whose token has ended or who is above the rate limit."""

    def on_validate(self) -> Iterator[None]:
        """Set the errors, if it is to be refused: then nothing runs, not even a subscription."""
        asked = self.execution_context
        context, document = asked.context, asked.graphql_document
        if isinstance(context, Context) and document is not None and not asked.pre_execution_errors:
            faults = self._faults(context, document)
            asked.pre_execution_errors = [GraphQLError(str(fault), original_error=fault) for fault in faults]
        yield

    def _faults(self, context: Context, document: DocumentNode) -> Iterator[Failure]:
        try:
            context.check_token()
            context.count()
        except Failure as fault:
            yield fault
            return
        role, schema = context.principal.role, self.execution_context.schema._schema  # noqa: SLF001 - no public way
        fields = fields_of(document, schema, self.execution_context.operation_name)
        allowed = allowed_fields(role, students_may_record=context.services.students_may_record)
        for field in sorted(fields - allowed)[:MOST_NAMED]:
            yield Forbidden(field, f"is not for the role {role}")

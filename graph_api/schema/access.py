"""Which role may ask for which field: all rules are here, and what has no rule is refused.

These rules decide which fields a role may select; row-level access is enforced below, at every statement
(`graph_api.store.viewers`). A document is refused before anything of it runs, whatever is in the database.
"""

from collections.abc import Iterator, Mapping

from graphql import DocumentNode, GraphQLError
from strawberry.extensions import SchemaExtension

from graph_api.domain.failures import Failure, Forbidden
from graph_api.domain.principals import CLIENTS, Role
from graph_api.execution.selected_fields import fields_of
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
    "Answer", "AnsweredQuestion", "AuditEntry", "CauseStudent", "Concept", "Course", "Group", "Mastery",
    "ParameterSet", "Run", "Session", "Skill", "Student", "ThresholdSet", "Topic", "TopicEvaluation",
)  # fmt: skip
"""Types with a connection and an edge."""
FAILURES = {
    "Failure": "", "AnswerIdConflict": "", "Forbidden": "", "GroupTooSmall": "", "InvalidInput": "", "NotRecorded": "",
    "RunCancelled": "", "SemanticUnavailable": "",
    "ConceptNotFound": "missing", "CourseNotFound": "missing", "GroupNotFound": "missing",
    "ParameterSetNotFound": "missing",
    "RunNotFound": "missing", "SessionNotFound": "missing", "SkillNotFound": "missing", "StudentNotFound": "missing",
    "Overloaded": "retryAfter", "Unavailable": "retryAfter",
    "PrerequisiteCycle": "cycle", "RevisionConflict": "conflicts", "SessionClosed": "status", "StudentErased": "erased",
    "TargetArchived": "archived", "HasHistory": "ids",
}  # fmt: skip
"""Types of failures, each with the fields that it has beside those of `Failure`."""
RESULTS = (
    "ActivateParameters", "AddMembers", "AddTeachers", "ArchiveConcepts", "ArchiveCourse", "ArchiveGroups",
    "ArchiveSkills", "CancelRun", "CourseSkills", "DeleteConcepts", "DeleteCourse", "DeleteGroups", "DeleteSkills",
    "DeleteStudent", "EndSession", "ExpireSessions", "FitParameters", "GradeAnswer", "GroupCourses",
    "LinkPrerequisite", "PutParameterSet", "PutRecencyParameters", "PutThresholds", "PutTopicParameters",
    "RecomputeRecency",
    "RecordAnswer", "RecordAnswers", "RemoveMembers", "RemoveTeachers", "Replay", "ResetThresholds",
    "RestoreConcepts", "RestoreGroups",
    "RestoreSkills", "StartSession", "UnlinkPrerequisite", "UpsertConcepts", "UpsertCourses", "UpsertGroup",
    "UpsertSkills", "UpsertStudents",
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
        OPERATORS: "auditLog references",
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
            "putThresholds resetThresholds "
            "putParameterSet activateParameters putRecencyParameters putTopicParameters fitParameters "
            "expireSessions cancelRun addMembers removeMembers addTeachers removeTeachers "
            "archiveSkills restoreSkills deleteSkills archiveConcepts restoreConcepts deleteConcepts "
            "archiveGroups restoreGroups deleteGroups"
        ),
    },
    # The course.
    "Node": {ALL_ROLES: "nodeId id"},
    "Target": {ALL_ROLES: "nodeId id name kind"},
    "Skill": {
        ALL_ROLES: (
            "nodeId id kind code name category level description block year revision archivedAt concepts courses "
            "parameters masteries statusCounts thresholds"
        ),
        PERSONAL: "questions",
        STAFF: "thresholdSets thresholdRevision",
    },
    "Concept": {
        ALL_ROLES: (
            "nodeId id kind name skillCodes prerequisiteIds revision archivedAt skills prerequisites unlocks "
            "parameters masteries statusCounts thresholds"
        ),
        PERSONAL: "questions",  # callers choose their ids
    },
    "AnsweredQuestion": {PERSONAL: "questionId answers correct students"},
    "Course": {
        ALL_ROLES: "nodeId id name description archivedAt skills thresholds",
        STAFF: "thresholdSets thresholdRevision",
    },
    "CategoryCount": {ALL_ROLES: "category skills"},
    "GraphHealth": {STAFF: "concepts links depth longestChain components largestComponent orphans redundantLinks"},
    "PrerequisiteLink": {STAFF: "prerequisiteId conceptId"},
    # A student.
    "Student": {
        PERSONAL: (
            "nodeId id name recencyAtSessionEnd groups courses masteries weakListRule mastery levelAt answers "
            "weakSkills strongSkills weakByRecency topic samplingRecords sampleConcepts explain forecast simulate "
            "learningCurve rootCauses weakClusters readyToLearn toReview learningPath due lastPracticedAt attempts "
            "meanLevel statusCounts sessions topics"
        ),
    },
    "Session": {PERSONAL: "nodeId id studentId status startedAt endedAt student answers"},
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
            "student answer mastery thresholds"
        ),
    },
    "Mastery": {
        ALL_ROLES: "studentId kind target level status attempts concept skill thresholds",
        PERSONAL: (
            "nodeId id correct accuracy lastPracticedAt updatedAt student parameters recency interval confidence "
            "retrievability weakRule"
        ),
    },
    "WeakListRule": {PERSONAL: "measure threshold minAttempts comparison"},
    "Recency": {
        PERSONAL: "nodeId id score status breakdown interval confidence asOf parameterSetId version",
        CLIENTS: "run",
    },
    "RecencyBreakdown": {PERSONAL: "totalAttempts buckets useDifficulty reason required actual"},
    "RecencyBucket": {PERSONAL: "days attempts correct accuracyPercent weight contribution"},
    "RecencyWeight": {PERSONAL: "answerId at correct weight answer"},
    "Topic": {
        PERSONAL: (
            "nodeId id skillCode topic masteryLevel stage interval confidence questionsAttempted correctCount "
            "currentDifficulty learningVelocity lastMastery semanticAvg keywordAvg avgResponseTime "
            "consecutiveGood consecutivePoor weakConcepts strongConcepts stagnantConcepts conceptCount "
            "parameterSetId skill accuracy history difficultyByPolicy"
        ),
    },
    "TopicEvaluation": {
        PERSONAL: "answerId answer at masteryLevel learningVelocity stage difficulty questionsAttempted correctCount",
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
    "LevelStep": {PERSONAL: "correct before pCorrect posterior after answerId at answer"},
    "Forecast": {PERSONAL: "level pNextCorrect interval threshold answersToMastery pMasteredWithin"},
    "Due": {PERSONAL: "mastery retrievability halfLifeDays lastPracticedAt below minLevel"},
    "ReadyConcept": {
        PERSONAL: "conceptId level status attempts unlocksWeak concept threshold minAttempts masteredFrom thresholds",
    },
    # A class; students stand under pseudonyms for analysts.
    "Group": {
        ALL_ROLES: "nodeId id name archivedAt courses",
        STAFF: "size distribution heatmap recencyHeatmap learningCurve atRisk rootCauses weakClusters",
        TEACHING: "teacherIds revision members",
    },
    "ClassDistribution": {
        STAFF: "kind students targets defined total coverage meanLevel statuses hardest thresholds thresholdGroups",
    },
    "StatusCount": {ALL_ROLES: "status count share"},
    "HardTarget": {STAFF: "students meanLevel needFocus target concept skill thresholds"},
    "HeatMap": {STAFF: "kind studentIds targetIds levels attempts thresholdGroups"},
    "ThresholdGroup": {STAFF: "thresholds targetIds"},
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
    "RootCauseReason": {STAFF: "message conceptId blocks level status threshold concept thresholds"},
    "Stagnation": {STAFF: "message missedIds stuckIds stuck threshold stuckAttempts concepts"},
    "StuckConcept": {STAFF: "conceptId level status attempts concept thresholds"},
    "Inactivity": {STAFF: "message lastPracticedAt days"},
    "LevelDifference": {TEACHING: "mastery level change status thresholds"},
    # Values that students, classes and the whole have in common; their own fields are behind the rules above.
    "Interval": {ALL_ROLES: "low high"},
    "CurvePoint": {ALL_ROLES: "opportunity answers incorrect errorRate interval confidence"},
    "RootCauses": {ALL_ROLES: "rule threshold minAttempts students causes"},
    "RootCause": {
        ALL_ROLES: "conceptId level score students studentsBlocked studentsWeak concept blocks",
        STAFF: "heldBackStudents blockedStudents weakStudents",
    },
    "CauseStudent": {STAFF: "studentId level status attempts blocks thresholds", TEACHING: "student"},
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
    "ServiceInfo": {ALL_ROLES: "name version time thresholds recencyAtSessionEnd", CLIENTS: "engine jobs"},
    "MasteryThresholds": {ALL_ROLES: "mastered focus weak weakAttempts comparison isDefault set"},
    "ThresholdSet": {
        ALL_ROLES: "nodeId id scopeKind version thresholds createdAt course skill inEffect",
        STAFF: "author note",
    },
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
    "RosterPayload": {OPERATORS: "group changedIds unchangedIds"},
    "SkillsPayload": {OPERATORS: "skills"},
    "DeleteSkillsPayload": {OPERATORS: "deletedCodes"},
    "ConceptsPayload": {OPERATORS: "concepts"},
    "DeleteConceptsPayload": {OPERATORS: "deletedIds"},
    "GroupsPayload": {OPERATORS: "groups"},
    "DeleteGroupsPayload": {OPERATORS: "deletedIds"},
    "References": {
        OPERATORS: (
            "kind key canDelete answers masteries samplingRecords students prerequisites dependents concepts skills "
            "members teachers parameterSets"
        ),
    },
    "CurrentRevision": {ALL_ROLES: "key revision"},
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
    "ThresholdsPayload": {OPERATORS: "thresholds thresholdSet course skill"},
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


GATEWAYS = {
    role: {"Query._entities", *(("Query._service", "_Service.sdl") if role in CLIENTS else ())} for role in Role
}
"""What each role may select where GRAPH_API_FEDERATION is true; without it, the schema has no such fields."""

RECORDING = frozenset(f"Mutation.{name}" for name in ("recordAnswer", "recordAnswers", "startSession", "endSession"))
"""What a student's token may not do where GRAPH_API_STUDENTS_MAY_RECORD is false."""


def allowed_fields(role: Role, *, students_may_record: bool) -> frozenset[str]:
    """The fields that a role may select under the service's settings.

    >>> "Mutation.recordAnswer" in allowed_fields(Role.STUDENT, students_may_record=False)
    False
    """
    allowed = ALLOWED[role] | GATEWAYS[role]
    return allowed if students_may_record or role is not STUDENT else allowed - RECORDING


def may_see(role: Role, type_name: str) -> bool:
    """Whether a role may see objects of a type that `node` gives.

    >>> may_see(Role.ANALYST, "Student")
    False
    """
    return f"{type_name}.nodeId" in ALLOWED[role]


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

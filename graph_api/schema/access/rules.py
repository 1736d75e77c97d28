"""Which role may select which field: the rules are here and beside this file, and what has no rule is refused.

These rules decide which fields a role may select; row-level access is enforced below, at every statement
(`graph_api.store.viewers`). A document is refused before anything of it runs, whatever is in the database.
"""

from graph_api.domain.principals import CLIENTS, Role
from graph_api.schema.access.classes import CLASSES
from graph_api.schema.access.links import LINKS
from graph_api.schema.access.parameters import PARAMETERS
from graph_api.schema.access.payloads import PAYLOADS
from graph_api.schema.access.roles import (
    ALL_ROLES,
    ANALYSIS,
    ANSWERING,
    OPERATORS,
    PERSONAL,
    STAFF,
    TEACHING,
    WHOLE,
    Rules,
)
from graph_api.schema.access.students import STUDENTS

ENDPOINTS: dict[str, frozenset[Role]] = {"importAnswers": CLIENTS}
"""What addresses beside `/graphql` do that no field does, and who may: what records answers for all students."""

PAGED = (
    "Answer", "AnsweredQuestion", "AuditEntry", "CauseStudent", "Concept", "Course", "Group", "InferredLevel",
    "Judgement", "LinkEvidence", "LinkSuggestion", "Mastery", "ParameterSet", "Placement", "QuestionAnalysis", "Run",
    "Session", "Skill", "StatusMove", "Student", "ThresholdSet", "Topic", "TopicEvaluation",
)  # fmt: skip
"""Types with a connection and an edge."""
FAILURES = {
    "Failure": "", "AnswerIdConflict": "", "Forbidden": "", "GroupTooSmall": "", "InvalidInput": "",
    "JudgementIdConflict": "", "NotRecorded": "", "RunCancelled": "", "SemanticUnavailable": "",
    "ConceptNotFound": "missing", "CourseNotFound": "missing", "GroupNotFound": "missing",
    "JudgementNotFound": "missing", "ParameterSetNotFound": "missing",
    "RunNotFound": "missing", "SessionNotFound": "missing", "SkillNotFound": "missing", "StudentNotFound": "missing",
    "Overloaded": "retryAfter", "Unavailable": "retryAfter",
    "PrerequisiteCycle": "cycle", "RevisionConflict": "conflicts", "SessionClosed": "status", "StudentErased": "erased",
    "TargetArchived": "archived", "HasHistory": "ids",
}  # fmt: skip
"""Types of failures, each with the fields that it has beside those of `Failure`."""
RESULTS = (
    "ActivateEvidence", "ActivateForgetting", "ActivateInference", "ActivateParameters", "ActivatePredictor",
    "AddMembers", "AddTeachers", "AnswerPlacement", "ApplyQuestionDifficulties", "ArchiveConcepts", "ArchiveCourse",
    "ArchiveGroups", "ArchiveSkills", "CancelRun", "CourseSkills", "DeactivateInference", "DeactivatePredictor",
    "DeleteConcepts", "DeleteCourse", "DeleteGroups", "DeleteSkills", "DeleteStudent", "EndSession", "ExpireSessions",
    "FitForgetting", "FitInference", "FitParameters", "FitPredictor", "GradeAnswer", "GroupCourses",
    "LinkPrerequisite", "PutEvidenceParameters", "PutParameterSet", "PutRecencyParameters", "PutThresholds",
    "PutTopicParameters", "RecomputeRecency", "RecordAnswer", "RecordAnswers", "RecordJudgements", "RemoveMembers",
    "RemoveTeachers", "Replay", "ReplayEvidence", "ResetThresholds", "RestoreConcepts", "RestoreGroups",
    "RestoreSkills", "RevokeJudgements", "StartPlacement", "StartSession", "UnlinkPrerequisite", "UpsertConcepts",
    "UpsertCourses", "UpsertGroup", "UpsertSkills", "UpsertStudents",
)  # fmt: skip
"""Interfaces of results: what a mutation returns, whether it succeeds or fails."""

ACCESS: Rules = {
    # What can be asked for.
    "Query": {
        ALL_ROLES: "group skill skills concept concepts course courses categories me serviceInfo node nodes",
        PERSONAL: "student session placement",
        TEACHING: "students questionDifficultySets",
        STAFF: (
            "groups parameterSets recencyParameterSets topicParameterSets evidenceParameterSets "
            "forgettingParameterSets predictorSets inferenceModels graphHealth"
        ),
        WHOLE: "rootCauses weakClusters run runs",
        ANALYSIS: "modelComparison",
        OPERATORS: "auditLog references",
    },
    "Subscription": {PERSONAL: "masteryChanged", CLIENTS: "runProgress"},
    # What can be done.
    "Mutation": {
        ANSWERING: "recordAnswer recordAnswers startSession endSession startPlacement answerPlacement recomputeRecency",
        PERSONAL: "gradeAnswer",
        TEACHING: "recordJudgements revokeJudgements",
        STAFF: "replay replayEvidence",
        CLIENTS: "upsertStudents",
        OPERATORS: (
            "deleteStudent upsertGroup upsertSkills upsertConcepts linkPrerequisite unlinkPrerequisite "
            "upsertCourses addCourseSkills removeCourseSkills addGroupCourses removeGroupCourses archiveCourse "
            "deleteCourse putThresholds resetThresholds putParameterSet activateParameters putRecencyParameters "
            "putTopicParameters putEvidenceParameters activateEvidence fitParameters applyQuestionDifficulties "
            "fitForgetting activateForgetting fitPredictor activatePredictor deactivatePredictor "
            "fitInference activateInference deactivateInference "
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
            "nodeId id kind code name category level description block year revision archivedAt source concepts "
            "courses parameters primaryModel masteries statusCounts thresholds"
        ),
        PERSONAL: "questions",
        STAFF: "thresholdSets thresholdRevision itemAnalysis question",
    },
    "Concept": {
        ALL_ROLES: (
            "nodeId id kind name skillCodes prerequisiteIds revision archivedAt source skills prerequisites unlocks "
            "parameters primaryModel masteries statusCounts thresholds"
        ),
        PERSONAL: "questions",  # callers choose their ids
        STAFF: "itemAnalysis question",  # of analysts under pseudonyms
    },
    "Source": {ALL_ROLES: "framework uri code licence"},
    "AnsweredQuestion": {PERSONAL: "questionId answers correct students"},
    "QuestionAnalysis": {
        STAFF: (
            "questionId answers students analysedAnswers correct shareCorrect expectedShare difficulty discrimination "
            "guess slip information infit outfit infitZ medianSeconds rapidSeconds rapidAnswers rapidGuesses "
            "rapidShare suggestedDifficulty suggestionReason warnings"
        ),
    },
    "QuestionEstimate": {STAFF: "value low high reason message"},
    "Course": {
        ALL_ROLES: "nodeId id name description archivedAt skills thresholds",
        STAFF: "thresholdSets thresholdRevision",
    },
    "CategoryCount": {ALL_ROLES: "category skills"},
    **LINKS,
    **STUDENTS,
    **CLASSES,
    **PARAMETERS,
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
    **PAYLOADS,
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

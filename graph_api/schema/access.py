"""Which role may ask for which field: all rules are here, and what has no rule is refused.

These rules decide which fields a role may select; row-level access is enforced below, at every statement
(`graph_api.store.viewers`). A document is refused before anything of it runs, whatever is in the database.
"""

from graph_api.domain.principals import CLIENTS, Role

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

ENDPOINTS: dict[str, frozenset[Role]] = {"importAnswers": CLIENTS}
"""What addresses beside `/graphql` do that no field does, and who may: what records answers for all students."""

PAGED = (
    "Answer", "AnsweredQuestion", "AuditEntry", "CauseStudent", "Concept", "Course", "Group", "Judgement", "Mastery",
    "ParameterSet", "QuestionAnalysis", "Run", "Session", "Skill", "StatusMove", "Student", "ThresholdSet", "Topic",
    "TopicEvaluation",
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
    "ActivateEvidence", "ActivateForgetting", "ActivateParameters", "AddMembers", "AddTeachers",
    "ApplyQuestionDifficulties", "ArchiveConcepts", "ArchiveCourse", "ArchiveGroups", "ArchiveSkills", "CancelRun",
    "CourseSkills", "DeleteConcepts", "DeleteCourse", "DeleteGroups", "DeleteSkills", "DeleteStudent", "EndSession",
    "ExpireSessions", "FitForgetting", "FitParameters", "GradeAnswer", "GroupCourses", "LinkPrerequisite",
    "PutEvidenceParameters", "PutParameterSet", "PutRecencyParameters", "PutThresholds", "PutTopicParameters",
    "RecomputeRecency", "RecordAnswer", "RecordAnswers", "RecordJudgements", "RemoveMembers", "RemoveTeachers",
    "Replay", "ReplayEvidence", "ResetThresholds", "RestoreConcepts", "RestoreGroups", "RestoreSkills",
    "RevokeJudgements", "StartSession", "UnlinkPrerequisite", "UpsertConcepts", "UpsertCourses", "UpsertGroup",
    "UpsertSkills", "UpsertStudents",
)  # fmt: skip
"""Interfaces of results: what a mutation returns, whether it succeeds or fails."""

ACCESS: dict[str, dict[frozenset[Role], str]] = {
    # What can be asked for.
    "Query": {
        ALL_ROLES: "group skill skills concept concepts course courses categories me serviceInfo node nodes",
        PERSONAL: "student session",
        TEACHING: "students questionDifficultySets",
        STAFF: (
            "groups parameterSets recencyParameterSets topicParameterSets evidenceParameterSets "
            "forgettingParameterSets graphHealth"
        ),
        WHOLE: "rootCauses weakClusters run runs",
        ANALYSIS: "modelComparison",
        OPERATORS: "auditLog references",
    },
    "Subscription": {PERSONAL: "masteryChanged", CLIENTS: "runProgress"},
    # What can be done.
    "Mutation": {
        ANSWERING: "recordAnswer recordAnswers startSession endSession recomputeRecency",
        PERSONAL: "gradeAnswer",
        TEACHING: "recordJudgements revokeJudgements",
        STAFF: "replay replayEvidence",
        CLIENTS: "upsertStudents",
        OPERATORS: (
            "deleteStudent upsertGroup upsertSkills upsertConcepts linkPrerequisite unlinkPrerequisite "
            "upsertCourses addCourseSkills removeCourseSkills addGroupCourses removeGroupCourses archiveCourse "
            "deleteCourse putThresholds resetThresholds putParameterSet activateParameters putRecencyParameters "
            "putTopicParameters putEvidenceParameters activateEvidence fitParameters applyQuestionDifficulties "
            "fitForgetting activateForgetting "
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
            "courses parameters masteries statusCounts thresholds"
        ),
        PERSONAL: "questions",
        STAFF: "thresholdSets thresholdRevision itemAnalysis question",
    },
    "Concept": {
        ALL_ROLES: (
            "nodeId id kind name skillCodes prerequisiteIds revision archivedAt source skills prerequisites unlocks "
            "parameters masteries statusCounts thresholds"
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
    "GraphHealth": {STAFF: "concepts links depth longestChain components largestComponent orphans redundantLinks"},
    "PrerequisiteLink": {STAFF: "prerequisiteId conceptId"},
    # A student.
    "Student": {
        PERSONAL: (
            "nodeId id name recencyAtSessionEnd groups courses masteries weakListRule mastery levelAt answers "
            "weakSkills strongSkills weakByRecency topic samplingRecords sampleConcepts explain forecast simulate "
            "learningCurve rootCauses weakClusters readyToLearn toReview learningPath due lastPracticedAt attempts "
            "meanLevel statusCounts sessions topics levelSeries recencySeries topicSeries activity judgements"
        ),
    },
    "Session": {PERSONAL: "nodeId id studentId status startedAt endedAt student answers"},
    "Answer": {
        PERSONAL: (
            "nodeId id studentId at recordedAt correct conceptIds skillCodes sessionId questionId difficulty "
            "responseTime semanticScore keywordScore sampled changes student frozenTags hints attempt partialScore "
            "countsAs weight evidence evidenceReasons evidenceParameters"
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
        ALL_ROLES: "studentId kind target level status attempts judgementCount concept skill thresholds",
        PERSONAL: (
            "nodeId id correct accuracy lastPracticedAt updatedAt student parameters recency interval confidence "
            "confidenceReasons retrievability weakRule judgements"
        ),
    },
    "WeakListRule": {PERSONAL: "measure threshold minAttempts comparison"},
    "Recency": {
        PERSONAL: (
            "nodeId id score status breakdown interval confidence confidenceReasons asOf parameterSetId version "
            "difficultySource"
        ),
        CLIENTS: "run",
    },
    "RecencyBreakdown": {PERSONAL: "totalAttempts buckets useDifficulty reason required actual"},
    "RecencyBucket": {PERSONAL: "days attempts correct accuracyPercent weight contribution"},
    "RecencyWeight": {PERSONAL: "answerId at correct weight difficulty answer"},
    "Topic": {
        PERSONAL: (
            "nodeId id skillCode topic masteryLevel stage interval confidence confidenceReasons questionsAttempted "
            "correctCount currentDifficulty learningVelocity lastMastery semanticAvg keywordAvg avgResponseTime "
            "consecutiveGood consecutivePoor weakConcepts strongConcepts stagnantConcepts conceptCount "
            "parameterSetId skill accuracy history difficultyByPolicy nextQuestions"
        ),
    },
    "TopicEvaluation": {
        PERSONAL: "answerId answer at masteryLevel learningVelocity stage difficulty questionsAttempted correctCount",
    },
    "NextQuestion": {PERSONAL: "questionId difficulty answers"},
    "DifficultyByPolicy": {PERSONAL: "jump gradual inEffect"},
    "TopicParts": {PERSONAL: "semantic keyword mastery"},
    "ConceptSampling": {
        PERSONAL: (
            "nodeId id conceptId attempts timesMentioned timesMissed lastSeen stagnationCount samplingMastery isWeak "
            "isStrong concept"
        ),
    },
    "SampledConcept": {PERSONAL: "priority uncappedPriority record concept"},
    "Judgement": {
        PERSONAL: "nodeId id studentId kind level at recordedAt concept skill target student mastery revocation",
        TEACHING: "author note",
    },
    "Revocation": {PERSONAL: "recordedAt", TEACHING: "author note"},
    "Explanation": {
        PERSONAL: "level status rule thresholds attempts steps evidence recency recencyWeights topic parameters",
    },
    "EvidenceStep": {PERSONAL: "at before after answer judgement"},
    "LevelStep": {
        PERSONAL: "correct countsAs weight evidenceReasons before pCorrect posterior after answerId at answer",
    },
    "Forecast": {PERSONAL: "level pNextCorrect interval threshold answersToMastery pMasteredWithin"},
    "Due": {
        PERSONAL: (
            "mastery retrievability probableLoss interval confidence confidenceReasons reason halfLifeDays "
            "lastPracticedAt below minLevel"
        ),
    },
    "ReadyConcept": {
        PERSONAL: (
            "conceptId level status attempts unlocksWeak concept reason threshold minAttempts masteredFrom thresholds"
        ),
    },
    # A class; students stand under pseudonyms for analysts.
    "Group": {
        ALL_ROLES: "nodeId id name archivedAt courses",
        STAFF: (
            "size distribution heatmap recencyHeatmap learningCurve atRisk rootCauses weakClusters series "
            "studentSeries movement activity"
        ),
        TEACHING: "teacherIds revision members sessions",
    },
    "ClassDistribution": {
        STAFF: "kind students targets defined total coverage meanLevel statuses hardest thresholds thresholdGroups",
    },
    "LevelSeries": {PERSONAL: "by timeZone days moments targets"},
    "TargetSeries": {PERSONAL: "targetId kind target levels attempts statuses"},
    "RecencySeries": {PERSONAL: "by timeZone days moments parameterSetId skills"},
    "SkillScoreSeries": {PERSONAL: "skillCode skill scores attempts"},
    "TopicSeries": {PERSONAL: "by timeZone days moments topics"},
    "TopicPoints": {PERSONAL: "skillCode skill masteryLevels learningVelocities questionsAttempted"},
    "ClassSeries": {STAFF: "by timeZone days moments kind students targets points"},
    "ClassPoint": {STAFF: "day at defined coverage meanLevel statuses"},
    "StudentSeries": {STAFF: "by timeZone days moments kind studentIds levels started mastered"},
    "ClassMovement": {STAFF: "since until kind before after crossings transitions", TEACHING: "moves"},
    "ThresholdCrossings": {STAFF: "threshold up down studentsUp studentsDown"},
    "StatusTransition": {STAFF: "before after count students"},
    "StatusMove": {
        TEACHING: "studentId student targetId target statusBefore statusAfter levelBefore levelAfter direction crossed",
    },
    "Activity": {ALL_ROLES: "by timeZone days moments points"},
    "ActivityPoint": {ALL_ROLES: "day at students answers correct timedAnswers timeOnTask sessions sessionTime"},
    "StatusCount": {ALL_ROLES: "status count share"},
    "HardTarget": {STAFF: "students meanLevel needFocus target concept skill thresholds"},
    "HeatMap": {
        STAFF: "kind studentIds targetIds targets levels attempts confidences thresholdGroups",
        TEACHING: "students",
    },
    "ThresholdGroup": {STAFF: "thresholds targetIds"},
    "RecencyHeatMap": {STAFF: "studentIds targetIds scores attempts asOf"},
    "AtRisk": {
        STAFF: (
            "rule membersChecked atRiskCount students threshold minAttempts masteredFrom stuckAttempts drop "
            "inactiveDays rapidShare"
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
    "RapidGuessing": {STAFF: "message answers guesses share seconds"},
    "LevelDifference": {TEACHING: "mastery level change status thresholds"},
    # Values that students, classes and the whole have in common; their own fields are behind the rules above.
    "Interval": {ALL_ROLES: "low high"},
    "CurvePoint": {ALL_ROLES: "opportunity answers incorrect errorRate interval confidence confidenceReasons"},
    "ConfidenceReason": {ALL_ROLES: "kind message answers width pauseDays longestPauseDays"},
    "RootCauses": {ALL_ROLES: "rule threshold minAttempts students causes"},
    "RootCause": {
        ALL_ROLES: "conceptId level score students studentsBlocked studentsWeak concept reason blocks",
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
            "questionDifficulties createdAt inEffect"
        ),
    },
    "QuestionDifficultySet": {TEACHING: "id name version author note createdAt count questions"},
    "QuestionDifficulty": {TEACHING: "skillCode questionId difficulty"},
    "RecencyWindow": {STAFF: "days weight"},
    "EvidenceParameterSet": {
        ALL_ROLES: (
            "nodeId id name version laterAttemptWeight hintedAnswers partialScores passMark rapidSeconds rapidWeight "
            "createdAt inEffect"
        ),
    },
    "ForgettingParameterSet": {
        STAFF: "nodeId id name version formula values spread createdAt inEffect",
        OPERATORS: "fit",  # its figures may be about few students
    },
    "ForgettingValue": {STAFF: "name value"},
    "ForgettingFit": {
        OPERATORS: (
            "runId author result comparedWith students answersAfterPause heldOutAnswers before after targets"
        ),
    },
    "ForgettingFigures": {OPERATORS: "logLoss calibrationError"},
    "ForgettingTarget": {OPERATORS: "target conceptId skillCode reason answersAfterPause values"},
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
    "JudgementsPayload": {TEACHING: "judgements masteries"},
    "SessionPayload": {ANSWERING: "session masteries"},
    "GradeAnswerPayload": {PERSONAL: "grades"},
    "Grade": {PERSONAL: "keywordScore semanticScore combinedScore present missing"},
    "ReplayEvidencePayload": {
        STAFF: "evidence answers changedAnswers masteries changed statusChanged meanChange",
        TEACHING: "differences",
    },
    "ReplayPayload": {STAFF: "parameterSet masteries changed statusChanged meanChange", TEACHING: "differences"},
    "UpsertStudentsPayload": {CLIENTS: "students"},
    "RecomputeRecencyPayload": {CLIENTS: "run masteries", ANSWERING: "student"},
    "DeleteStudentPayload": {OPERATORS: "id answers masteries judgements sessions groups"},
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
            "kind key canDelete answers masteries judgements samplingRecords students prerequisites dependents "
            "concepts skills members teachers parameterSets"
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
    "QuestionDifficultiesPayload": {OPERATORS: "questionDifficulties undecided"},
    "ThresholdsPayload": {OPERATORS: "thresholds thresholdSet course skill"},
    "ActivateEvidencePayload": {OPERATORS: "run weighedAnswers changedAnswers replayedLevels parameterSet"},
    "ActivateForgettingPayload": {OPERATORS: "parameterSet"},
    "FitForgettingPayload": {OPERATORS: "run fit parameterSet activated"},
    "EvidenceParametersPayload": {OPERATORS: "parameterSet"},
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

"""What mutations return."""

from graph_api.domain.principals import CLIENTS
from graph_api.schema.access.roles import ALL_ROLES, ANSWERING, OPERATORS, PERSONAL, STAFF, TEACHING, Rules

PAYLOADS: Rules = {
    "RecordAnswerPayload": {ANSWERING: "answer duplicate changes masteries topics conceptSamplings"},
    "RecordAnswersPayload": {ANSWERING: "outcomes masteries topics conceptSamplings"},
    "JudgementsPayload": {TEACHING: "judgements masteries"},
    "SessionPayload": {ANSWERING: "session masteries"},
    "StartPlacementPayload": {ANSWERING: "placement"},
    "AnswerPlacementPayload": {ANSWERING: "placement answer duplicate"},
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
    "FitInferencePayload": {OPERATORS: "run fit model activated"},
    "ActivateInferencePayload": {OPERATORS: "model"},
    "DeactivateInferencePayload": {OPERATORS: "kind"},
    "FitForgettingPayload": {OPERATORS: "run fit parameterSet activated"},
    "ActivatePredictorPayload": {OPERATORS: "predictorSet"},
    "DeactivatePredictorPayload": {OPERATORS: "kind"},
    "FitPredictorPayload": {OPERATORS: "run fit predictorSet activated"},
    "EvidenceParametersPayload": {OPERATORS: "parameterSet"},
    "TopicParametersPayload": {OPERATORS: "parameterSet"},
    "FitParametersPayload": {OPERATORS: "run outcomes before heldOut replayedLevels"},
    "ExpireSessionsPayload": {OPERATORS: "run"},
    "CancelRunPayload": {OPERATORS: "run"},
}  # fmt: skip

"""Parameters, and how well they predict."""

from graph_api.schema.access.roles import ALL_ROLES, ANALYSIS, OPERATORS, STAFF, TEACHING, WHOLE, Rules

PARAMETERS: Rules = {
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
    "ModelComparison": {ANALYSIS: "kind answers students folds seed heldOut models caveats"},
    "ModelQuality": {ANALYSIS: "model metrics intervals calibration expectedCalibrationError byTarget"},
    "MetricInterval": {ANALYSIS: "low high"},
    "MetricIntervals": {ANALYSIS: "auc rmse logLoss"},
    "TargetQuality": {ANALYSIS: "conceptId skillCode metrics"},
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
    "PredictorSet": {STAFF: "id name version kind createdAt inEffect", OPERATORS: "fit targets"},
    "PredictorFit": {
        OPERATORS: "runId author reason answers students before after calibrationBefore calibration chance",
    },
    "PredictorTarget": {OPERATORS: "target conceptId skillCode model reason answers students logLossBefore logLoss"},
    "PrimaryModel": {
        ALL_ROLES: "model",
        STAFF: "predictorSet reason",
        OPERATORS: "answers students logLossBefore logLoss",
    },
    "InferenceModel": {
        STAFF: "id name version kind targetCount weightBefore weightAfter createdAt inEffect",
        OPERATORS: "fit",
    },
    "InferenceFit": {OPERATORS: "runId author result students firstAnswers prior fitted"},
    "FirstAnswerFigures": {OPERATORS: "logLoss auc"},
    "TopicParameterSet": {STAFF: "nodeId id name version parameters createdAt inEffect"},
}  # fmt: skip

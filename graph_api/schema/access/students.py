"""What a student has, and what is computed of it."""

from graph_api.domain.principals import CLIENTS
from graph_api.schema.access.roles import ALL_ROLES, PERSONAL, STAFF, TEACHING, Rules

STUDENTS: Rules = {
    "Student": {
        PERSONAL: (
            "nodeId id name recencyAtSessionEnd groups courses masteries weakListRule mastery levelAt answers "
            "weakSkills strongSkills weakByRecency topic samplingRecords sampleConcepts explain forecast simulate "
            "learningCurve rootCauses weakClusters readyToLearn toReview learningPath due lastPracticedAt attempts "
            "meanLevel statusCounts sessions placements topics levelSeries recencySeries topicSeries activity "
            "judgements learningSpeed inferredLevels"
        ),
    },
    "LearningSpeed": {PERSONAL: "value low high answers confidence message"},
    "Session": {PERSONAL: "nodeId id studentId status startedAt endedAt student answers"},
    "Placement": {
        PERSONAL: (
            "nodeId id studentId status startedAt endedAt rule session student conceptCount answerCount answers "
            "certainty next stopReason estimates innerFringe outerFringe isExact"
        ),
    },
    "PlacementRule": {PERSONAL: "certainty maxQuestions maxAnswersPerConcept"},
    "PlacementQuestion": {PERSONAL: "conceptId pKnown concept pCorrect expectedInformation"},
    "PlacementEstimate": {PERSONAL: "conceptId pKnown concept verdict answers"},
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
    "NextQuestion": {PERSONAL: "questionId difficulty answers pNextCorrect"},
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
        PERSONAL: (
            "level status rule thresholds attempts steps evidence recency recencyWeights topic parameters prediction"
        ),
    },
    "NextAnswerPrediction": {
        PERSONAL: "model pNextCorrect pCorrectByKnowledgeTracing predictorSet intercept parts message",
    },
    "PredictionPart": {PERSONAL: "term value weight logOdds message"},
    "EvidenceStep": {PERSONAL: "at before after answer judgement"},
    "LevelStep": {
        PERSONAL: "correct countsAs weight evidenceReasons before pCorrect posterior after answerId at answer",
    },
    "Forecast": {PERSONAL: "level pNextCorrect model interval threshold answersToMastery pMasteredWithin"},
    "Due": {
        PERSONAL: (
            "mastery retrievability probableLoss interval confidence confidenceReasons reason halfLifeDays "
            "lastPracticedAt below minLevel"
        ),
    },
    "ReadyConcept": {
        PERSONAL: (
            "conceptId level status attempts unlocksWeak concept reason threshold minAttempts masteredFrom thresholds "
            "inferredPrerequisiteIds"
        ),
    },
    "InferredLevel": {
        PERSONAL: (
            "kind conceptId skillCode target pFirstCorrect pFirstCorrectInterval pKnown pKnownInterval "
            "answeredTargets modelId"
        ),
    },
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
}  # fmt: skip

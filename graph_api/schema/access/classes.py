"""What a class shows; students stand under pseudonyms for analysts."""

from graph_api.schema.access.roles import ALL_ROLES, PERSONAL, STAFF, TEACHING, Rules

CLASSES: Rules = {
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
        STAFF: "kind studentIds targetIds targets levels attempts confidences inferred thresholdGroups",
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
    "RootCauseReason": {
        STAFF: "message conceptId blocks level status threshold concept thresholds",
        TEACHING: "pNextCorrect",
    },
    "Stagnation": {STAFF: "message missedIds stuckIds stuck threshold stuckAttempts concepts"},
    "StuckConcept": {STAFF: "conceptId level status attempts concept thresholds", TEACHING: "pNextCorrect"},
    "Inactivity": {STAFF: "message lastPracticedAt days"},
    "RapidGuessing": {STAFF: "message answers guesses share seconds"},
    "LevelDifference": {TEACHING: "mastery level change status thresholds"},
}  # fmt: skip

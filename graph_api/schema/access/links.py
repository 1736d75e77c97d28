"""The prerequisite graph, and the evidence for its links."""

from graph_api.schema.access.roles import STAFF, Rules

LINKS: Rules = {
    "GraphHealth": {
        STAFF: (
            "concepts links depth longestChain components largestComponent orphans redundantLinks linkEvidence "
            "suggestions unconnectedOddsRatio"
        ),
    },
    "PrerequisiteLink": {STAFF: "prerequisiteId conceptId"},
    "LinkEvidence": {
        STAFF: (
            "prerequisiteId conceptId prerequisite concept verdict studentsWith studentsWithout shareWith shareWithout "
            "oddsRatio low high"
        ),
    },
    "LinkSuggestion": {STAFF: "kind evidence message action"},
}

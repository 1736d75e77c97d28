"""Every way to read about a student, one document each, so that a fault in one hides nothing in another."""

from collections.abc import Iterator
from typing import Any

OF_STUDENT = {
    "masteries": "masteries { totalCount nodes { level status attempts correct accuracy lastPracticedAt updatedAt concept { id } } }",
    "parameters": "masteries { nodes { parameters { id prior learn guess slip } } }",
    "intervals": "masteries { nodes { confidence interval { low high } } }",
    "retrievability": "masteries { nodes { retrievability(asOf: NOW) } }",
    "recency": "masteries { nodes { recency { score status } } }",
    "by level": "masteries(orderBy: LEVEL_DESC) { nodes { level } }",
    "one mastery": 'mastery(conceptId: "dative") { level attempts accuracy }',
    "weak": "weakSkills(kind: CONCEPT, minAttempts: 1, threshold: 0.99) { level accuracy }",
    "weak by recency": "weakByRecency(includeInsufficientData: true) { level }",
    "answers": "answers { totalCount nodes { id at correct sessionId changes { levelBefore levelAfter opportunity status } } }",
    "explain": 'explain(conceptId: "dative") { level attempts steps { before after at } }',
    "forecast": 'forecast(conceptId: "dative") { level pNextCorrect interval { low high } answersToMastery }',
    "simulate": 'simulate(conceptId: "dative", outcomes: [true, false]) { before after }',
    "level at": 'levelAt(conceptId: "dative", at: "2026-03-01T12:05:00Z")',
    "curve": "learningCurve { opportunity answers errorRate }",
    "root causes": "rootCauses(minAttempts: 1) { students causes { __typename } }",
    "weak clusters": "weakClusters(minAttempts: 1) { clusters { __typename } }",
    "ready": "readyToLearn(minAttempts: 1) { conceptId level attempts }",
    "review": "toReview { id }",
    "path": 'learningPath(conceptId: "dative") { id }',
    "due": "due(below: 1, minLevel: 0, asOf: NOW) { retrievability halfLifeDays lastPracticedAt mastery { level } }",
    "topic": 'topic(skillCode: "talk") { masteryLevel interval { low high } questionsAttempted avgResponseTime }',
    "sampling": 'sampleConcepts(skillCode: "cases", seed: 1, asOf: NOW) { priority concept { id } }',
    "groups": "groups { id name }",
    "name": "id name",
}
OF_ALL = {
    "students": "students { totalCount nodes { id name masteries { nodes { level } } } }",
    "by name": "students(orderBy: NAME) { nodes { id name } }",
    "group": 'group(id: "g") { members { nodes { id name masteries { nodes { level } } } } }',
    "heat map": 'group(id: "g") { heatmap(kind: CONCEPT) { levels attempts } }',
    "risk": 'group(id: "g") { atRisk(asOf: NOW) { __typename } }',
    "distribution": 'group(id: "g") { distribution(kind: CONCEPT) { __typename } }',
    "curve": 'group(id: "g") { learningCurve { opportunity answers errorRate } }',
    "all root causes": "rootCauses(minAttempts: 1) { students }",
    "health": "graphHealth { concepts links depth }",
    "runs": "runs { totalCount nodes { id status algorithm startedAt finishedAt } }",
    "sets": "parameterSets { nodes { id } }",
    "course": "concepts { nodes { id name skills { code } } }",
}


LATER = '"2026-03-02T12:00:00Z"'
"""A moment after every answer, as of which replies to the same question are the same."""


def of_student(student_id: str, as_of: str = LATER) -> dict[str, str]:
    """The documents about one student."""
    return {
        name: f'{{ student(id: "{student_id}") {{ {fields.replace("NOW", as_of)} }} }}'
        for name, fields in OF_STUDENT.items()
    }


def at_once(student_id: str, as_of: str = LATER) -> str:
    """The same in one document, for a student of whom nothing is wrong."""
    fields = " ".join(
        f"f{n}_{each}: {field}"
        for n, fields in enumerate(OF_STUDENT.values())
        for each, field in enumerate([fields] if "{" in fields or "(" in fields else fields.split())
    )
    return f'{{ student(id: "{student_id}") {{ {fields.replace("NOW", as_of)} }} }}'


def of_all(as_of: str = LATER) -> dict[str, str]:
    """The documents about all students and the course."""
    return {name: f"{{ {fields.replace('NOW', as_of)} }}" for name, fields in OF_ALL.items()}


def numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a reply, with the name of its field."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from numbers(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each, name)
    elif isinstance(value, int | float):
        yield name, value

"""A class that is large enough for a query to take long: many students, a course of many links, and levels of all."""

from typing import Any

from tests.conftest import Ask
from tests.graph_copy import KeptGraph

STUDENTS, CONCEPTS = 40, 80
LARGE_CLASS = KeptGraph()
"""What `make_large_class` makes without other numbers: tests of several modules read it."""


async def make_large_class(ask: Ask, students: int = STUDENTS, concepts: int = CONCEPTS) -> dict[str, Any]:
    """Make the class `large`, by way of the API; the ids of what there is."""
    skills = [{"code": f"k{n}", "name": f"Skill {n}", "category": "all"} for n in range(10)]
    await ask("mutation($input: [SkillInput!]!) { upsertSkills(input: $input) { __typename } }", input=skills)
    course = [
        {
            "id": f"c{n}",
            "name": f"Concept {n}",
            "skillCodes": [f"k{n % 10}"],
            "prerequisiteIds": ["c0"] if n else [],
        }
        for n in range(concepts)
    ]
    await ask("mutation($input: [ConceptInput!]!) { upsertConcepts(input: $input) { __typename } }", input=course)
    ids = [f"s{n}" for n in range(students)]
    for start in range(0, students, 40):
        answers = [
            {"studentId": student, "conceptIds": [f"c{n}"], "correct": (n + len(student)) % 3 == 0}
            for student in ids[start : start + 40]
            for n in range(concepts)
        ]
        send = "mutation($answers: [AnswerInput!]!) { recordAnswers(input: {answers: $answers}) { __typename } }"
        await ask(send, answers=answers)
    group = {"id": "large", "name": "Large", "studentIds": ids}
    await ask("mutation($input: GroupInput!) { upsertGroup(input: $input) { __typename } }", input=group)
    return {"students": ids, "concepts": [each["id"] for each in course], "skills": [each["code"] for each in skills]}

"""The practice that history pages show, beside the one folded from the answers behind each level."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.next_answer import practice_of_student
from graph_api.domain.parameters.predictors.practice_state import PracticeState, Tally
from graph_api.domain.targets import Target, TargetKind, concept, skill
from graph_api.store.answers import read_evidence
from graph_api.store.gateway import Gateway
from graph_api.store.past_answers import read_practice
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

CONCEPTS = ("nominative", "accusative", "dative")
TARGETS = [*map(concept, CONCEPTS), *map(skill, ("grammar", "cases", "talk"))]


def many(student: str, count: int) -> list[AnswerInput]:
    """Answers of one student to one or two concepts, or to a skill; some at equal times, some that do not count."""
    rng = np.random.default_rng(7)
    return [
        AnswerInput(
            student,
            correct=bool(rng.random() < 0.6),
            concept_ids=[] if number % 7 == 0 else rng.choice(CONCEPTS, 1 + number % 2, replace=False).tolist(),
            skill_codes=["talk"] if number % 7 == 0 else [],
            at=NOW - timedelta(days=9) + timedelta(minutes=number // 3),
            attempt=2 if number % 11 == 0 else None,
            evidence_id="first-attempt-v1",
        )
        for number in range(count)
    ]


def counted(state: PracticeState) -> Mapping[str, tuple[float, ...]]:
    """Every number of a practice."""

    def numbers(tally: Tally) -> tuple[float, ...]:
        return tally.right, tally.wrong, tally.correct, tally.answers

    return {"": numbers(state.student)} | {key: numbers(tally) for key, tally in state.targets.items()}


async def folded(gateway: Gateway, student: str, kind: TargetKind) -> PracticeState:
    """The practice from the answers to each target."""
    pairs: list[tuple[str, Target]] = [(student, each) for each in TARGETS if each.kind is kind]
    evidence = await gateway.read(lambda tx: read_evidence(tx, pairs))
    return practice_of_student((target.key, each) for (_, target), of_one in evidence.items() for each in of_one)


@pytest.mark.parametrize("kind", TargetKind)
async def test_pages_show_the_practice_of_all_answers(gateway: Gateway, intake: AnswerIntake, kind: TargetKind) -> None:
    sent = many("anna", 130)
    await intake.submit(sent[40:])
    await intake.submit(sent[:40])  # late ones
    await intake.submit(many("ben", 9))

    read = await gateway.read(lambda tx: read_practice(tx, ["anna", "ben", "nobody"], kind))

    assert read.keys() == {"anna", "ben"}
    for student, state in read.items():
        assert counted(state) == counted(await folded(gateway, student, kind))
    tally = read["anna"].student
    assert 0 < tally.right + tally.wrong < sum(bool(each.concept_ids) or kind is TargetKind.SKILL for each in sent)


async def test_students_without_pages_are_left_out(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    await intake.submit(many("anna", 9))
    await raw("MATCH (:Student {id: 'anna'})-[:HAS_HISTORY]->(h)-[:HAS_PAGE]->(p) DETACH DELETE p, h")

    assert await gateway.read(lambda tx: read_practice(tx, ["anna"], TargetKind.CONCEPT)) == {}

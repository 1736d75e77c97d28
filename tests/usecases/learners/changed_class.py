"""A class that random changes go through, for what is kept of it in memory. Nothing kept gets notice of them."""

import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept
from graph_api.domain.failures import Failure
from graph_api.domain.learners.people import Group, Roster, Student
from graph_api.store.class_pages import GroupHead, read_group_head
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.archive_course import archive_concepts
from graph_api.usecases.course.delete_course import delete_concepts
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.edit_rosters import add_to_roster, remove_from_roster
from graph_api.usecases.operations.erase_students import erase_student
from tests.conftest import NOW

IDS = ["anna", "ben", "cleo with spaces", "Дана"]
KEYS = ["accusative", "dative", "nominative"]
Change = Callable[[], Awaitable[Any]]


async def write_class(gateway: Gateway, intake: AnswerIntake) -> None:
    """Four students, three of them members. Each has one answer."""
    await upsert_students(gateway, list(map(Student, IDS)), NOW)
    await upsert_group(gateway, Group("class", "Class", IDS[:3]), NOW)
    await intake.submit([AnswerInput(each, correct=True, concept_ids=["dative"], at=NOW) for each in IDS])


async def read_head(gateway: Gateway) -> GroupHead:
    """The group, with the versions of its members."""
    head = await gateway.read_one(lambda tx: read_group_head(tx, "class", with_versions=True))
    assert head is not None
    return head


def changes_of(gateway: Gateway, rng: random.Random, student_id: str, key: str) -> list[Change]:
    """Changes of a student, the roster and a concept."""
    return [
        partial(add_to_roster, gateway, "class", Roster.MEMBERS, [student_id]),
        partial(remove_from_roster, gateway, "class", Roster.MEMBERS, [student_id]),
        partial(erase_student, gateway, student_id),
        partial(upsert_students, gateway, [Student(student_id, name=f"N{rng.random()}")], NOW),
        partial(archive_concepts, gateway, [key], rng.choice([None, NOW])),
        partial(delete_concepts, gateway, [key]),
        partial(upsert_concepts, gateway, [Concept(key, key.title(), ["grammar"])], NOW),
    ]


async def check_after_each(number: int, change: Callable[[], Change], check: Change) -> None:
    """Check after each of some changes; at least ten are not refused."""
    done = 0
    for _ in range(number):
        try:
            await change()()
            done += 1
        except Failure:
            pass  # such as the erasure of a student who does not exist
        await check()
    assert done >= 10

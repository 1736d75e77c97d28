"""The demo class: thirty simulated students with four months of answers, sent through the intake like any others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.learners.sessions import Session
from graph_api.domain.simulation import SimulatedStudent, Story, name_questions, simulate
from graph_api.store import erasures, groups, sessions, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.intake import Intake
from graph_api.usecases.course.graph_files import read_course_file
from graph_api.usecases.course.import_course import load_seeds

GROUP = Group("demo", "Demo class (simulated)", teacher_ids=("teacher-ada", "teacher-carl"), course_ids=("german",))
SEED = 20_261_121
NAMES = [
    "Alma Quill",
    "Bela Finch",
    "Caspar Wren",
    "Dora Lark",
    "Emil Heron",
    "Frida Plover",
    "Gustav Crane",
    "Hedda Swift",
    "Ivo Starling",
    "Juno Teal",
    "Karl Martin",
    "Lotte Robin",
    "Milo Dunlin",
    "Nora Siskin",
    "Oskar Rook",
    "Paula Linnet",
    "Quirin Snipe",
    "Rosa Avocet",
    "Samuel Gannet",
    "Thea Curlew",
    "Udo Osprey",
    "Vera Bunting",
    "Willi Grebe",
    "Xenia Thrush",
    "Yara Egret",
    "Zeno Kestrel",
    "Anton Godwit",
    "Berta Pipit",
    "Clara Dipper",
    "David Merlin",
]
STORIES = (
    [Story.STEADY] * 13 + [Story.FAST] * 6 + [Story.SLOW] * 5 + [Story.GAP] * 3 + [Story.ABSENT] * 2 + [Story.FALLING]
)
MISSING = "gr_articles"
CHUNK = 500

Progress = Callable[[int, int], None]
"""Is called with the number of recorded answers and their total."""


async def load_demo(
    gateway: Gateway, intake: Intake, now: datetime, on_progress: Progress = lambda _done, _all: None
) -> int:
    """Store the seeds and the demo class, and return how many answers were recorded; 0 if the class exists.

    The group is stored last: a class whose loading was interrupted is deleted and loaded again, without those of its
    students who were erased.
    """
    if await gateway.read(lambda tx: groups.read_by_ids(tx, [GROUP.id])):
        return 0
    await load_seeds(gateway, now)
    ids = [f"demo-{n:02}" for n in range(1, len(NAMES) + 1)]
    erased = set(await gateway.read(lambda tx: erasures.read_erased(tx, ids)))
    names = {key: name for key, name in zip(ids, NAMES, strict=True) if key not in erased}
    past, answers = _simulated(ids, now)
    past = [session for session in past if session.student_id in names]
    answers = [answer for answer in answers if answer.student_id in names]

    async def begin(tx: Transaction) -> None:
        await students.delete(tx, names)
        await students.put(tx, map(Student, names, names.values()), now)
        await sessions.put(tx, past)

    await gateway.write(begin)
    done = 0
    for start in range(0, len(answers), CHUNK):
        chunk = answers[start : start + CHUNK]
        await intake.submit(chunk)
        done += len(chunk)
        on_progress(done, len(answers))

    async def finish(tx: Transaction) -> None:
        await groups.put(tx, replace(GROUP, student_ids=list(names)), now)

    await gateway.write(finish)
    return done


def _simulated(ids: list[str], now: datetime) -> tuple[list[Session], list[AnswerInput]]:
    """Sessions and answers, answers in time order."""
    course = read_course_file(packaged("seeds") / "german_cefr.json")
    prerequisites = {patch.key: list(patch.stated.get("prerequisite_ids", ())) for patch in course.concepts}
    simulated = [
        SimulatedStudent(key, story, MISSING if story is Story.GAP else None)
        for key, story in zip(ids, STORIES, strict=True)
    ]
    runs = list(simulate(np.random.default_rng(SEED), simulated, prerequisites, now))
    answers = sorted((answer for _, run in runs for answer in run), key=lambda answer: (answer.at, answer.id))
    return [session for session, _ in runs if session], name_questions(np.random.default_rng(SEED), answers)

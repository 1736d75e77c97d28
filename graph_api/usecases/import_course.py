"""Import a course file, or the seeds: all of it or nothing."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from graph_api.domain.targets import Target, concept, skill
from graph_api.store import concepts, skills
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.packaged import packaged
from graph_api.usecases.change_sets import change_sets, elapsing, replay_run, run_due
from graph_api.usecases.graph_files import CourseFile, check, read_course_file


async def import_course(gateway: Gateway, path: Path, now: datetime, trigger: str = "command") -> CourseFile:
    """Store what a file holds. Doing it again changes nothing.

    Levels that another parameter set changes are replayed before it returns, in a run of that trigger.

    Raises:
        BadCourseFile: listing all faults; nothing was written.
    """
    course = read_course_file(path)

    run = replay_run(uuid.uuid4().hex, "named", trigger, now)
    clock = elapsing(now)
    targets = [*(skill(each.code) for each in course.skills), *(concept(each.id) for each in course.concepts)]

    async def work(tx: Transaction) -> list[Target]:
        await concepts.lock_course(tx)
        known_skills = await skills.read_by_codes(tx, [code for c in course.concepts for code in c.skill_codes or ()])
        stored = await concepts.read_by_ids(tx, [key for c in course.concepts for key in c.prerequisite_ids or ()])
        links = await concepts.read_prerequisites(tx)
        check(course, known_skills, {**dict.fromkeys(stored, ()), **links})

        async def put() -> None:
            await skills.put(tx, course.skills, now)
            await concepts.put(tx, course.concepts, now)

        _, due = await change_sets(tx, run, targets, put)
        return due

    await run_due(gateway, run, await gateway.write(work), clock)
    return course


async def load_seeds(gateway: Gateway, now: datetime) -> Sequence[CourseFile]:
    """Store every course under `seeds/`."""
    return [await import_course(gateway, path, now) for path in sorted(packaged("seeds").glob("*.json"))]

"""Build the pages of students' answers, look for pages that differ from the answers, and write those again.

Recording keeps the pages of its students. Students of a database from before pages have none: the service builds them
in the background, and their answers are read from the relationships until then. An interrupted build is continued by
running it again, because it looks for students without pages.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain

import structlog

from graph_api.domain.answers.answers import Answer
from graph_api.domain.answers.history_pages import FIRST, MOST_ANSWERS, are_adjacent, place_of
from graph_api.domain.failures import InvalidInput
from graph_api.store import answers, history_pages, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.history_pages import Page
from graph_api.store.inconsistencies import Inconsistency
from graph_api.usecases.learners.choose_students import student_pages
from graph_api.usecases.locked_students import write_students

log = structlog.get_logger(__name__)

STUDENTS_AT_A_TIME = 20
ANSWERS_AT_A_TIME = 2_000
"""Of several students in one transaction. A longer history has a transaction of its own."""
STRAYED_AT_A_TIME = 1_000
PAGED = "the history pages of a student hold each answer once (run: graph-api doctor --repair)"
READABLE = "the history pages of a student can be read (run: graph-api doctor --repair)"
STRAYED = "a history page belongs to a student (run: graph-api doctor --repair)"
RULES = frozenset({PAGED, READABLE, STRAYED})
UNREADABLE = (InvalidInput, KeyError, TypeError, ValueError)

OnBuilt = Callable[[int], None]


async def has_students_without_pages(gateway: Gateway) -> bool:
    """Whether a student has answers and no pages of them."""
    return bool(await gateway.read(partial(history_pages.read_without, after="", limit=1)))


async def build_missing(gateway: Gateway, on_built: OnBuilt = lambda _: None) -> int:
    """Build the pages of all students without pages; returns the number of students.

    `on_built` is called with the number so far.
    """
    built, after = 0, ""
    while ids := await gateway.read(partial(history_pages.read_without, after=after, limit=STUDENTS_AT_A_TIME)):
        async for number in _build(gateway, ids):
            built += number
            on_built(built)
        after = ids[-1]
    return built


async def build_all(gateway: Gateway) -> None:
    """Build the pages of all students again, for instance after a restore."""
    async for ids in student_pages(gateway, None):
        async for _ in _build(gateway, ids):
            pass


async def find_wrong_pages(gateway: Gateway) -> list[Inconsistency]:
    """Students whose pages do not hold their answers, and pages of no student; empty in a sound graph.

    Answers may come meanwhile: what looks wrong of a student is looked at again with the student locked.
    """
    strayed = await gateway.read(partial(history_pages.read_strayed, limit=STRAYED_AT_A_TIME))
    findings = [Inconsistency(STRAYED, _shown(each)) for each in strayed]
    async for ids in student_pages(gateway, None):
        if suspects := await gateway.read(partial(_find, student_ids=ids)):
            again = sorted({each.subject or "" for each in suspects})
            for start in range(0, len(again), STUDENTS_AT_A_TIME):
                some = again[start : start + STUDENTS_AT_A_TIME]
                findings += chain.from_iterable(await write_students(gateway, some, _find_locked))
    return findings


async def repair_pages(gateway: Gateway, findings: Iterable[Inconsistency]) -> int:
    """Write the pages again that findings are about, and delete those of no student; returns the number of findings."""
    findings = [each for each in findings if each.rule in RULES]
    while strayed := await gateway.read(partial(history_pages.read_strayed, limit=STRAYED_AT_A_TIME)):
        await gateway.write(partial(history_pages.delete_strayed, ids=strayed))
    wrong = sorted({each.subject for each in findings if each.rule != STRAYED and each.subject is not None})
    async for _ in _build(gateway, wrong):
        pass
    return len(findings)


async def _build(gateway: Gateway, student_ids: Sequence[str]) -> AsyncIterator[int]:
    """Build pages of some students, in bounded transactions; yields the number of students of each."""
    totals = await gateway.read(partial(answers.count_of_students, student_ids=student_ids))
    for some in _batches(totals):
        yield await _build_readable(gateway, some)


def _batches(totals: Mapping[str, int]) -> Iterable[list[str]]:
    """Students in batches of bounded numbers of students and of answers."""
    batch: list[str] = []
    size = 0
    for student_id in sorted(totals):
        if batch and (size + totals[student_id] > ANSWERS_AT_A_TIME or len(batch) == STUDENTS_AT_A_TIME):
            yield batch
            batch, size = [], 0
        batch.append(student_id)
        size += totals[student_id]
    if batch:
        yield batch


async def _build_readable(gateway: Gateway, student_ids: Sequence[str]) -> int:
    """Build pages of some students. Rows that another program has corrupted stop their own student only."""
    try:
        await write_students(gateway, student_ids, _build_locked)
    except UNREADABLE as error:
        if len(student_ids) == 1:
            log.warning("history pages cannot be built: run graph-api doctor", error=type(error).__name__)
            return 0
    else:
        return len(student_ids)
    return sum([await _build_readable(gateway, [student_id]) for student_id in student_ids])


async def _build_locked(tx: Transaction, student_ids: Sequence[str]) -> None:
    await students.lock(tx, student_ids)
    await history_pages.build(tx, student_ids)


async def _find_locked(tx: Transaction, student_ids: Sequence[str]) -> list[Inconsistency]:
    await students.lock(tx, student_ids)
    return await _find(tx, student_ids)


async def _find(tx: Transaction, student_ids: Sequence[str]) -> list[Inconsistency]:
    """What is wrong of some students; one whose rows cannot be read does not hide the others."""
    try:
        return await _find_readable(tx, student_ids)
    except UNREADABLE as error:
        if len(student_ids) == 1:
            return [Inconsistency(READABLE, student_ids[0], actual=type(error).__name__)]
    return [each for student_id in student_ids for each in await _find(tx, [student_id])]


async def _find_readable(tx: Transaction, student_ids: Sequence[str]) -> list[Inconsistency]:
    """Students whose pages are wrong. The service builds missing pages in the background, so they are no finding."""
    stored = await history_pages.read_stored(tx, student_ids)
    of_students: dict[str, dict[str, Answer]] = {student_id: {} for student_id in stored}
    for answer in await answers.read_weighed_by(tx, stored, None):
        of_students[answer.student_id][answer.id] = answer
    return [
        Inconsistency(PAGED, student_id, actual=reason)
        for student_id, (bounds, pages) in stored.items()
        if (reason := _difference(bounds, pages, of_students[student_id]))
    ]


def _difference(bounds: Sequence[str], pages: Sequence[Page], stored: Mapping[str, Answer]) -> str:
    """How pages differ from the answers of their student; empty if they do not."""
    listed = [each for page in pages for each in page.answers]
    if [page.start for page in pages] != [FIRST, *bounds]:
        return f"{len(pages)} pages, {len(bounds) + 1} are listed"
    if not are_adjacent(pages) or pages[-1].until is not None:
        return "a page does not end where the next starts"
    if misplaced := [each.id for page in pages for each in page.answers if not page.holds(place_of(each.order))]:
        return f"{len(misplaced)} answers on another page"
    if any(len(page.answers) > MOST_ANSWERS for page in pages):
        return f"a page with more than {MOST_ANSWERS} answers"
    if len(listed) != len(stored) or any(stored.get(each.id) != each for each in listed):
        right = sum(stored.get(each.id) == each for each in listed)
        return f"{len(listed)} answers on pages, {right} as stored, of {len(stored)}"
    return ""


def _shown(node_id: str) -> str:
    """The id of a node on one line: that of a page holds a separator."""
    return "".join(character if character.isprintable() else " " for character in node_id)

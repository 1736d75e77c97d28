"""The first answers of students to concepts, for checking prerequisite links."""

import asyncio
from array import array
from collections.abc import Sequence

import numpy as np

from graph_api.domain.course.links.first_answers import FIRST, UNANSWERED, FirstAnswers, shows
from graph_api.store.gateway import Transaction
from graph_api.store.scopes import scope_of
from graph_api.store.times import as_time

LIST = {
    "all": "first_answer/list_of_all",
    "group": "first_answer/list_of_group",
    "taught": "first_answer/list_taught",
}


async def read_first_answers(
    tx: Transaction, concept_ids: Sequence[str], *, group_id: str | None, most: int
) -> FirstAnswers | None:
    """What students show of some concepts; None if there are more than `most` pairs of a student and a concept.

    Columns are concepts, in the order of their ids given; rows are students with an answer, in order of id. Each pair
    takes some dozens of bytes while it is read.
    """
    whose, params = scope_of(tx, group_id)
    places = {concept_id: place for place, concept_id in enumerate(concept_ids)}
    numbers: dict[str, int] = {}
    students, concepts, shown, begun = array("i"), array("i"), array("b"), array("d")
    async for row in tx.stream(LIST[whose], concept_ids=list(concept_ids), most=FIRST, **params):
        if len(shown) == most:
            return None
        students.append(numbers.setdefault(row["student_id"], len(numbers)))
        concepts.append(places[row["concept_id"]])
        shown.append(shows(row["outcomes"]))
        begun.append(as_time(row["begun"]).timestamp())
    return await asyncio.to_thread(_arrange, numbers, len(places), students, concepts, shown, begun)


def _arrange(  # noqa: PLR0913, PLR0917 - the columns
    numbers: dict[str, int],
    width: int,
    students: "array[int]",
    concepts: "array[int]",
    shown: "array[int]",
    begun: "array[float]",
) -> FirstAnswers:
    """The pairs as matrices."""
    place = np.empty(len(numbers), np.int64)
    place[[numbers[key] for key in sorted(numbers)]] = np.arange(len(numbers))
    cells = place[np.array(students, np.int64)], np.array(concepts, np.int64)
    matrices = FirstAnswers(np.full((len(numbers), width), UNANSWERED, np.int8), np.full((len(numbers), width), np.nan))
    matrices.shown[cells], matrices.begun[cells] = np.array(shown, np.int8), np.array(begun, np.float64)
    return matrices

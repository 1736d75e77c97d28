"""The questions that answers to one concept or skill name, in pages (Q14)."""

from collections.abc import Iterable
from typing import NamedTuple

from graph_api.domain.targets import Target
from graph_api.store.gateway import Transaction
from graph_api.store.scopes import as_entry, scope_of, target_of

LIST_PAGE = {
    "all": "target_question/list_page_of_all",
    "group": "target_question/list_page_of_group",
    "taught": "target_question/list_page_taught",
    "student": "target_question/list_page_of_student",
}


class QuestionCount(NamedTuple):
    """A question, and the number of answers to it, of correct ones, and of students who answered it."""

    question_id: str
    answers: int
    correct: int
    students: int


class QuestionsPage(NamedTuple):
    """A page of questions in order of id, and the number of all."""

    questions: list[QuestionCount]
    total: int


async def read_page(  # noqa: PLR0913 - whose, and the page
    tx: Transaction,
    targets: Iterable[Target],
    *,
    group_id: str | None,
    student_id: str | None,
    after: str,
    limit: int,
) -> dict[Target, QuestionsPage]:
    """For each target, at most `limit` questions after an id; with `student_id`, those that the student answered."""
    whose, params = ("student", {"student_id": student_id}) if student_id is not None else scope_of(tx, group_id)
    entries = [as_entry(target) for target in targets]
    rows = await tx.many(LIST_PAGE[whose], targets=entries, after=after, limit=limit, **params)
    return {
        target_of(row): QuestionsPage([QuestionCount(**each) for each in row["page"]], row["total"]) for row in rows
    }

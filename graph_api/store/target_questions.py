"""The questions that answers to one concept or skill name, in pages (Q14), and all answers to them (Q13)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph_api.domain.answers.order import UNNUMBERED, Order
from graph_api.domain.targets import Target, skill
from graph_api.store.answers import Pair
from graph_api.store.gateway import Transaction
from graph_api.store.scopes import as_entry, scope_of, target_of
from graph_api.store.times import as_time

LIST_PAGE = {
    "all": "target_question/list_page_of_all",
    "group": "target_question/list_page_of_group",
    "taught": "target_question/list_page_taught",
    "student": "target_question/list_page_of_student",
}

LIST_ANSWERS = {
    "all": "target_question/list_answers_of_all",
    "group": "target_question/list_answers_of_group",
    "taught": "target_question/list_answers_taught",
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


class StudentAnswers(NamedTuple):
    """The answers of one student to one target, as columns, in no order; decoding them is left to a thread.

    `question_ids` are '' without a question, and `seconds` -1 without a response time. Times are text. `counts_as` and
    `weights` are what each answer counts as under the evidence parameters that weighed it.
    """

    student_id: str
    at: Sequence[str]
    recorded_at: Sequence[str]
    sequence: Sequence[int]
    answer_ids: Sequence[str]
    counts_as: Sequence[bool]
    weights: Sequence[float]
    question_ids: Sequence[str]
    seconds: Sequence[float]

    def orders(self) -> list[Order]:
        """The place of each answer."""
        columns = zip(self.at, self.recorded_at, self.sequence, self.answer_ids, strict=True)
        return [
            Order.of(as_time(at), as_time(recorded_at), sequence, answer_id)
            if recorded_at and sequence != UNNUMBERED
            else Order(as_time(at), answer_id=answer_id)
            for at, recorded_at, sequence, answer_id in columns
        ]


async def read_answers(
    tx: Transaction, targets: Iterable[Target], *, group_id: str | None, most: int
) -> dict[Target, list[StudentAnswers]] | None:
    """All answers to each target, of all students or of a group; None if they are more than `most`."""
    whose, params = scope_of(tx, group_id)
    entries = [as_entry(target) for target in targets]
    by_target: dict[Target, list[StudentAnswers]] = defaultdict(list)
    number = 0
    async for row in tx.stream(LIST_ANSWERS[whose], targets=entries, **params):
        number += len(row["at"])
        if number > most:
            return None
        by_target[target_of(row)].append(StudentAnswers(**{name: row[name] for name in StudentAnswers._fields}))
    return by_target


async def count_answers(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, dict[str, int]]:
    """For pairs of a student and a skill, the number of the student's answers to each question."""
    keys = set(pairs)
    counts: dict[Pair, dict[str, int]] = defaultdict(dict)
    rows = await tx.many(
        "target_question/count_answers_of_students",
        student_ids=sorted({student_id for student_id, _ in keys}),
        skill_codes=sorted({target.key for _, target in keys}),
    )
    for row in rows:
        counts[row["student_id"], skill(row["skill_code"])][row["question_id"]] = row["answers"]
    return {pair: of_one for pair, of_one in counts.items() if pair in keys}

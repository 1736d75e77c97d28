"""Item analysis of the questions of concepts and skills (Q13).

Levels are traced again from the answers, under the parameter set in effect: the levels that answers were recorded with
may be of older sets. So the same answers and set always give the same figures. What an answer counts as, and how much,
is as the evidence parameters weighed it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.failures import Failure, InvalidInput
from graph_api.domain.learners.item_analysis.analysis import QuestionFigures, Responses, analyse
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.domain.targets import Target
from graph_api.store import target_questions
from graph_api.store.target_questions import StudentAnswers
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.reads import LearnerReads

MOST_ANSWERS = 200_000
"""Answers that one query analyses."""


class AnalysisOf(NamedTuple):
    """The questions of one target: which answers to them count.

    Attributes:
        target: the concept or skill.
        group_id: only answers of this group's members; None for all students whom the caller may see.
        since: only answers given at this time or later.
        until: only answers given before this time.
        first_only: only the first answer of each student to each question; later ones depend on it.
    """

    target: Target
    group_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    first_only: bool = True


class AnalysedQuestion(NamedTuple):
    """A question with its figures; analysts see a pseudonym for its id."""

    question_id: str
    figures: QuestionFigures


async def analyse_questions(
    reads: LearnerReads, keys: Sequence[AnalysisOf]
) -> list[list[AnalysedQuestion] | BaseException]:
    """The questions of each key with answers that count, in order of id, or the failure to read them.

    Questions that fewer students answered than an analyst may read about are left out. A failure is `InvalidInput` if
    the answers are too many for one query, and `GroupTooSmall` if an analyst reads about too few students.
    """
    of_group: dict[str | None, set[Target]] = defaultdict(set)
    for key in keys:
        of_group[key.group_id].add(key.target)
    answers = {group_id: await _read(reads, targets, group_id) for group_id, targets in of_group.items()}
    sets = await reads.sets_in_effect([key.target for key in keys])
    analysed: list[list[AnalysedQuestion] | BaseException] = []
    for key, used in zip(keys, sets, strict=True):
        of_key = answers[key.group_id]
        if isinstance(of_key, Failure):
            analysed.append(of_key)
        else:
            analysed.append(await _analyse(reads, key, used.parameters, of_key.get(key.target, [])) if used else [])
    return analysed


async def _read(
    reads: LearnerReads, targets: set[Target], group_id: str | None
) -> dict[Target, list[StudentAnswers]] | Failure:
    ordered = sorted(targets)
    try:
        rows = await reads.gateway.read(
            lambda tx: target_questions.read_answers(tx, ordered, group_id=group_id, most=MOST_ANSWERS)
        )
    except Failure as failure:
        return failure
    most = f"must be given for targets with more than {MOST_ANSWERS} answers"
    return InvalidInput("groupId", most) if rows is None else rows


async def _analyse(
    reads: LearnerReads, key: AnalysisOf, parameters: Parameters, answers: list[StudentAnswers]
) -> list[AnalysedQuestion]:
    least = reads.gateway.least_students
    analysed = await compute(analyse_answers, answers, parameters, key)
    shown = [
        AnalysedQuestion(reads.gateway.question_id(question_id), figures)
        for question_id, figures in analysed
        if min(figures.students, figures.analysed_students) >= least
    ]
    return sorted(shown, key=lambda each: each.question_id)


def analyse_answers(
    answers: Sequence[StudentAnswers], parameters: Parameters, key: AnalysisOf
) -> list[tuple[str, QuestionFigures]]:
    """The figures of each question that the answers of students to one target name; pure, and long for many."""
    student, correct, question_ids, seconds, at = [], [], [], [], []
    level, ignored = [], []
    for number, of_one in enumerate(sorted(answers, key=lambda each: each.student_id)):
        orders = of_one.orders()
        places = sorted(range(len(orders)), key=orders.__getitem__)
        outcomes, weights = [of_one.counts_as[place] for place in places], [of_one.weights[place] for place in places]
        level += [step.before for step in trace(outcomes, parameters, weights=weights)]
        student += [number] * len(places)
        correct += outcomes
        ignored += [weight == 0 for weight in weights]
        question_ids += [of_one.question_ids[place] for place in places]
        seconds += [of_one.seconds[place] for place in places]
        at += [orders[place].at for place in places]
    chosen = np.array(_choose(student, question_ids, at, key), np.int64)
    ids = sorted({question_ids[place] for place in chosen})
    numbers = {question_id: number for number, question_id in enumerate(ids)}
    spent = np.array(seconds, np.float64)[chosen]
    responses = Responses(
        np.array([numbers[question_ids[place]] for place in chosen], np.int64),
        np.array(student, np.int64)[chosen],
        np.array(level, np.float64)[chosen],
        np.array(correct, np.bool_)[chosen],
        np.where(spent < 0, np.nan, spent),
    )
    figures = analyse(responses, parameters, len(ids), np.array(ignored, np.bool_)[chosen])
    return list(zip(ids, figures, strict=True))


def _choose(student: Sequence[int], question_ids: Sequence[str], at: Sequence[datetime], key: AnalysisOf) -> list[int]:
    """The places of the answers that count. The first answer to a question is the first of all, whenever it was."""
    answered: set[tuple[int, str]] = set()
    chosen = []
    for place, pair in enumerate(zip(student, question_ids, strict=True)):
        is_first = pair not in answered
        answered.add(pair)
        within = (key.since is None or at[place] >= key.since) and (key.until is None or at[place] < key.until)
        if pair[1] and within and (is_first or not key.first_only):
            chosen.append(place)
    return chosen

"""The recency scores of a class as a matrix (R4, Q6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.store import recencies, skills
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.recencies import MemberScores
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.view_class import check_cells

SCORE_DIGITS = 4


class ClassScores(NamedTuple):
    """The recency scores of a class.

    Attributes:
        cells: students by skills: scores, NaN where there is none, and the number of all answers.
        as_of: the earliest moment of the scores; None without scores.
    """

    cells: ClassLevels
    as_of: datetime | None


async def read_class_scores(gateway: Gateway, group_id: str, skill_code: str | None, least: int) -> ClassScores:
    """The scores of a group on all skills or one, without skills that fewer than `least` students practised.

    Raises:
        InvalidInput: more than a million cells.
    """

    async def read(tx: Transaction) -> tuple[list[MemberScores], list[str]]:
        return await recencies.read_of_group(tx, group_id), await skills.read_codes(tx)

    members, codes = await gateway.read(read)
    scores = await compute(scores_of, members, codes)
    cells = scores.cells if skill_code is None else scores.cells.only([skill_code])
    return ClassScores(check_cells(cells.practised_by(least)), scores.as_of)


def scores_of(members: Sequence[MemberScores], codes: Sequence[str]) -> ClassScores:
    """The matrix of scores: a row per member, a column per skill.

    >>> scores = scores_of([MemberScores("anna", ["b"], [0.5], [7], None)], ["a", "b"])
    >>> scores.cells.level.tolist(), scores.cells.attempts.tolist()
    ([[nan, 0.5]], [[0, 7]])
    """
    places = {code: place for place, code in enumerate(codes)}
    shape = len(members), len(codes)
    score, attempts = np.full(shape, np.nan), np.zeros(shape, np.int64)
    for row, member in enumerate(members):
        for code, value, number in zip(member.keys, member.scores, member.attempts, strict=True):
            if (column := places.get(code)) is not None:  # the skill may be newer than the list of skills
                score[row, column] = value if 0 <= value <= 1 else np.nan
                attempts[row, column] = number
    moments = [member.as_of for member in members if member.as_of is not None]
    cells = ClassLevels([member.student_id for member in members], list(codes), score, attempts)
    return ClassScores(cells, min(moments, default=None))


def score_cells(cells: ClassLevels) -> list[list[float | None]]:
    """Rows of scores, one per student, to 4 digits; None without a score.

    >>> score_cells(ClassLevels(["anna"], ["a", "b"], np.array([[0.12345, np.nan]]), np.array([[9, 2]])))
    [[0.1234, None]]
    """
    rows = np.round(cells.level, SCORE_DIGITS).astype(object)
    rows[np.isnan(cells.level)] = None
    values: list[list[float | None]] = rows.tolist()
    return values

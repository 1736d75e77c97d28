"""The answers of many students as columns, for models that look beyond one target."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput

NO_QUESTION = -1


@dataclass(frozen=True)
class Responses:
    """One row for each answer to each target that it counts for, in any order.

    Attributes:
        student: shape (rows,), int from 0.
        target: shape (rows,), int from 0.
        correct: shape (rows,), bool.
        moment: shape (rows,), int; the order of a student's answers. Rows of one answer have the same moment, and none
            of them is known before the others.
        question: shape (rows,), int from 0, or -1 without a question.
        at: shape (rows,), float seconds, or None.
        targets: how many targets there are.
        questions: how many questions there are.

    Raises:
        InvalidInput: the columns differ in length.
    """

    student: NDArray[np.int32]
    target: NDArray[np.int32]
    correct: NDArray[np.bool_]
    moment: NDArray[np.int64]
    question: NDArray[np.int32]
    at: NDArray[np.float64] | None = None
    targets: int = 0
    questions: int = 0

    def __post_init__(self) -> None:
        columns = [self.student, self.target, self.correct, self.moment, self.question]
        lengths = [len(each) for each in (columns if self.at is None else [*columns, self.at])]
        if len(set(lengths)) > 1:
            raise InvalidInput("responses", "columns must be of one length", str(lengths))
        object.__setattr__(self, "targets", max(self.targets, int(self.target.max(initial=-1)) + 1))
        object.__setattr__(self, "questions", max(self.questions, int(self.question.max(initial=-1)) + 1))

    def __len__(self) -> int:
        return len(self.correct)

    def choose(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Self:
        """Some of the rows; targets and questions keep their numbers.

        >>> rows = np.arange(2, dtype=np.int32)
        >>> both = Responses(rows, rows, rows == 1, rows.astype(np.int64), rows)
        >>> len(both.choose(rows == 1)), both.choose(rows == 1).targets
        (1, 2)
        """
        return type(self)(
            self.student[chosen],
            self.target[chosen],
            self.correct[chosen],
            self.moment[chosen],
            self.question[chosen],
            None if self.at is None else self.at[chosen],
            self.targets,
            self.questions,
        )

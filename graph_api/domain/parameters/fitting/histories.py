"""Who answered what, in order: the evidence that parameters are fitted to."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph_api.domain.failures import InvalidInput


@dataclass(frozen=True)
class Histories:
    """One sequence of answers for each student-target pair, laid end to end.

    Attributes:
        correct: shape (answers,), bool; the answers of a sequence in the order in which they were given.
        starts: shape (sequences + 1,), int; where each sequence starts in `correct`, and where the last one ends.
        target: shape (sequences,), int; whose parameters explain the sequence, 0..targets - 1.
        student: shape (sequences,), int; who answered, for splits by student.
        targets: how many targets there are, with or without answers.
        emission: shape (answers,), int; which guess and slip explain each answer.
        emission_target: shape (emissions,), int; the target of each emission: one emission per target, or one per
            question of a target where questions differ.
        at: shape (answers,), float seconds, or None; when each answer was given, for models to which time matters.
    """

    correct: NDArray[np.bool_]
    starts: NDArray[np.int64]
    target: NDArray[np.int32]
    student: NDArray[np.int32]
    targets: int
    emission: NDArray[np.int32]
    emission_target: NDArray[np.int64]
    at: NDArray[np.float64] | None = None

    @classmethod
    def of_answers(  # noqa: PLR0913 - one argument a column
        cls,
        student: ArrayLike,
        target: ArrayLike,
        correct: ArrayLike,
        *,
        targets: int | None = None,
        question: ArrayLike | None = None,
        at: ArrayLike | None = None,
    ) -> Self:
        """Gather single answers, given in order of time within each student-target pair.

        Args:
            student: shape (answers,), int.
            target: shape (answers,), int from 0.
            correct: shape (answers,), bool or 0 and 1.
            targets: how many targets there are; by default one more than the largest.
            question: shape (answers,), int from 0, or None; if given, every question gets its own guess and slip.
            at: shape (answers,), float seconds, or None.

        Raises:
            InvalidInput: the columns differ in length.

        >>> histories = Histories.of_answers(student=[7, 8, 7], target=[0, 0, 0], correct=[1, 0, 0])
        >>> histories.correct.tolist(), histories.lengths.tolist()
        ([True, False, False], [2, 1])
        """
        by_student, by_target = np.asarray(student, np.int32), np.asarray(target, np.int32)
        answers = np.asarray(correct, np.bool_)
        if not len(by_student) == len(by_target) == len(answers):
            lengths = str([len(by_student), len(by_target), len(answers)])
            raise InvalidInput("answers", "columns must be of one length", lengths)
        order = np.lexsort((by_student, by_target))  # stable: time order within a pair stays
        students, of_targets, answers = by_student[order], by_target[order], answers[order]
        new = np.ones(len(order), np.bool_)
        new[1:] = (students[1:] != students[:-1]) | (of_targets[1:] != of_targets[:-1])
        first = np.flatnonzero(new)
        number = int(of_targets.max(initial=-1)) + 1 if targets is None else targets
        if question is None:
            emission, emission_target = of_targets, np.arange(number)
        else:
            questions = np.asarray(question, np.int64)[order]
            span = int(questions.max(initial=0)) + 1
            pairs, emission = np.unique(of_targets * span + questions, return_inverse=True)
            emission_target = pairs // span
        return cls(
            correct=answers,
            starts=np.append(first, len(order)),
            target=of_targets[first],
            student=students[first],
            targets=number,
            emission=emission.astype(np.int32),
            emission_target=emission_target,
            at=None if at is None else np.asarray(at, np.float64)[order],
        )

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Shape (sequences,): how many answers each sequence has."""
        return np.diff(self.starts)

    @cached_property
    def sequence(self) -> NDArray[np.int64]:
        """Shape (answers,): which sequence each answer belongs to."""
        return np.repeat(np.arange(len(self.target)), self.lengths)

    def choose(self, chosen: NDArray[np.bool_]) -> Self:
        """Some of the sequences.

        Args:
            chosen: shape (sequences,), bool.

        >>> histories = Histories.of_answers(student=[7, 8, 7], target=[0, 0, 0], correct=[1, 0, 0])
        >>> histories.choose(histories.student == 8).correct.tolist()
        [False]
        """
        return self.choose_answers(np.repeat(chosen, self.lengths))

    def choose_answers(self, chosen: NDArray[np.bool_]) -> Self:
        """Some of the answers, in their order; sequences without any are left out.

        Args:
            chosen: shape (answers,), bool.

        >>> histories = Histories.of_answers(student=[7, 8, 7], target=[0, 0, 0], correct=[1, 0, 0])
        >>> histories.choose_answers(histories.correct).lengths.tolist()
        [1]
        """
        lengths = np.bincount(self.sequence[chosen], minlength=len(self.target))
        left = lengths > 0
        return type(self)(
            correct=self.correct[chosen],
            starts=np.append(0, np.cumsum(lengths[left])),
            target=self.target[left],
            student=self.student[left],
            targets=self.targets,
            emission=self.emission[chosen],
            emission_target=self.emission_target,
            at=None if self.at is None else self.at[chosen],
        )

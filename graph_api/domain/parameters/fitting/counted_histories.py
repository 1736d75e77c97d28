"""Histories that many students share, each with its count: all that a fit needs to know of the answers."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree

CORRECT, INCORRECT = ord("1"), ord("0")


@dataclass(frozen=True)
class CountedHistories:
    """The sufficient statistic of a fit: each distinct history of each target, and how many students have it.

    The histories of two disjoint groups of students are merged by adding counts. The order of rows does not matter.

    Attributes:
        histories: each distinct history; `student` has no meaning.
        count: shape (sequences,), int; how many students have it.
    """

    histories: Histories
    count: NDArray[np.int64]

    @classmethod
    def of_texts(cls, target: ArrayLike, answers: bytes, starts: ArrayLike, count: ArrayLike, *, targets: int) -> Self:
        """Histories from text, in which 1 is a correct answer and 0 an incorrect one.

        Args:
            target: shape (sequences,), int from 0, ascending.
            answers: the texts of all sequences, end to end.
            starts: shape (sequences + 1,), int; where each text starts, and where the last one ends.
            count: shape (sequences,), int.
            targets: how many targets there are.

        Raises:
            InvalidInput: a text is empty or has another character, or a count is below 1.

        >>> counted = CountedHistories.of_texts([0, 0], b"10110", [0, 2, 5], [40, 2], targets=1)
        >>> counted.answers.tolist(), counted.students.tolist()
        ([86], [42])
        """
        characters = np.frombuffer(answers, np.uint8)
        bounds, of_sequence = np.asarray(starts, np.int64), np.asarray(target, np.int32)
        students = np.asarray(count, np.int64)
        lengths = np.diff(bounds)
        correct = characters == CORRECT
        if not (correct | (characters == INCORRECT)).all():
            wrong = bytes(characters[~correct & (characters != INCORRECT)][:1])
            raise InvalidInput("answers", "must consist of 0 and 1", shown(wrong.decode("latin-1")))
        if (lengths < 1).any():
            raise InvalidInput("answers", "must not be empty", "")
        if (students < 1).any():
            raise InvalidInput("students", "must be >= 1", shown(int(students.min())))
        histories = Histories(
            correct=correct,
            starts=bounds,
            target=of_sequence,
            student=np.zeros(len(of_sequence), np.int32),
            targets=targets,
            emission=np.repeat(of_sequence, lengths),
            emission_target=np.arange(targets),
        )
        return cls(histories, students)

    @property
    def answers(self) -> NDArray[np.int64]:
        """Shape (targets,): how many answers each target has."""
        return self._sums(self.count * self.histories.lengths)

    @property
    def students(self) -> NDArray[np.int64]:
        """Shape (targets,): how many students have answered each target."""
        return self._sums(self.count)

    def choose(self, targets: NDArray[np.bool_]) -> Self:
        """The histories of some targets; the others stay, without any.

        Args:
            targets: shape (targets,), bool.
        """
        chosen = targets[self.histories.target]
        return type(self)(self.histories.choose(chosen), self.count[chosen])

    def tree(self) -> PrefixTree:
        """The prefix tree, equal to that of the histories of all students one by one."""
        return PrefixTree.grow(self.histories, count=self.count)

    def _sums(self, of_sequence: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(self.histories.target, of_sequence, minlength=self.histories.targets).astype(np.int64)

"""Guard rails: too few answers or students, and answers without contrast, keep a fit out of effect."""

import pytest

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.fitting.histories import Histories


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([[1, 0], [0, 1]], None),
        ([[1], [0], [1]], Reason.TOO_FEW_ANSWERS),
        ([[1, 0, 1, 1]], Reason.TOO_FEW_STUDENTS),
        ([[1, 1], [1, 1]], Reason.ALL_CORRECT),
        ([[0, 0], [0, 0]], Reason.ALL_WRONG),
        ([[1, 1], [0, 0]], Reason.CONSTANT_SEQUENCES),
        ([[1], [0], [1], [0]], Reason.CONSTANT_SEQUENCES),
        ([], Reason.TOO_FEW_ANSWERS),
    ],
)
def test_guard_rails(answers: list[list[int]], reason: Reason | None) -> None:
    students = [student for student, of_one in enumerate(answers) for _ in of_one]
    sent = Histories.of_answers(students, [0] * len(students), [one for of_one in answers for one in of_one], targets=1)

    assert GuardRails(answers=4, students=2).obstacles(sent) == [reason]


@pytest.mark.parametrize("rails", [{"answers": 0}, {"students": 1}])
def test_guard_rails_that_guard_nothing_are_refused(rails: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        GuardRails(**rails)

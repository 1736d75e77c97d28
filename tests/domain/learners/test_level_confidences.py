"""Confidences of many levels at once are those of each level by itself."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.learners import level_confidences
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.level_confidences import History, PairHistory, confidence_cells, intervals_of
from graph_api.domain.learners.uncertainty import confidence, level_intervals
from graph_api.domain.parameters.knowledge_tracing import Parameters

SETS = [Parameters(0.3, 0.09, 0.2, 0.1), Parameters(0.6, 0.3, 0.05, 0.3), Parameters(0.1, 0.02, 0.3, 0.05, 0.1)]
WEIGHTS = st.sampled_from([1.0, 1.0, 1.0, 0.5, 0.1])
HISTORIES = st.tuples(st.sampled_from(SETS), st.lists(st.tuples(st.booleans(), WEIGHTS), max_size=24)).map(
    lambda drawn: History.of(drawn[0], [right for right, _ in drawn[1]], [weight for _, weight in drawn[1]])
)


@settings(max_examples=30)
@given(st.lists(st.lists(HISTORIES, min_size=3, max_size=3), min_size=1, max_size=6))
def test_each_confidence_is_that_of_its_level_alone(histories: list[list[History]]) -> None:
    attempts = np.array([[len(each.outcomes) for each in row] for row in histories])
    students, keys = [f"s{n}" for n in range(len(histories))], ["a", "b", "c"]
    levels = ClassLevels(students, keys, np.where(attempts > 0, 0.5, np.nan), attempts)
    pairs = [PairHistory(students[row], keys[n], each) for row, of in enumerate(histories) for n, each in enumerate(of)]

    cells = confidence_cells(levels, [*pairs, PairHistory("left", "a", pairs[0].history)])

    for row, of_student in enumerate(histories):
        for column, (start, outcomes, weights) in enumerate(of_student):
            (alone,) = level_intervals(
                [(start, [each == 1 for each in outcomes])], weights=[weights or [1.0] * len(outcomes)]
            )
            expected = confidence(len(outcomes), alone.level).value if outcomes else None
            assert cells[row][column] == expected


def test_what_is_kept_is_bounded_and_changes_nothing() -> None:
    histories = [History.of(SETS[0], [bit == "1" for bit in f"{number:010b}"], []) for number in range(700)]
    level_confidences._known.clear()
    first = intervals_of(histories)
    try:
        level_confidences.MOST_KNOWN, most = 800, level_confidences.MOST_KNOWN
        others = intervals_of([each._replace(start=SETS[1]) for each in histories])
        assert len(level_confidences._known) == len(others) == 700, "the first were dropped"
    finally:
        level_confidences.MOST_KNOWN = most
    assert intervals_of(reversed(histories)) == first

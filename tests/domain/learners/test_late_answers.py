"""Late answers that are inserted into a history lead to the digits of the whole fold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.late_answers import PastAnswers, insert, signed
from graph_api.domain.learners.mastery import Evidence, fold
from graph_api.domain.parameters.knowledge_tracing import Parameters, last_level, trace
from graph_api.domain.parameters.parameter_sets import Origin, ParameterSet
from graph_api.domain.targets import concept

START = datetime(2026, 1, 1, tzinfo=UTC)
WEIGHTS = st.sampled_from([1.0, 1.0, 0.5, 0.1, 0.25])
CHANCE = st.floats(0.01, 0.45)
PARAMETERS = st.builds(Parameters, CHANCE, CHANCE, CHANCE, CHANCE, st.sampled_from([0.0, 0.1]))


@st.composite
def evidence(draw: st.DrawFn) -> tuple[list[Evidence], list[Evidence]]:
    """A history whose answers count, and new answers, some of which may not; at few times, so that many are equal."""
    weights = st.sampled_from([1.0, 0.5, 0.0])
    rows = draw(st.lists(st.tuples(st.integers(0, 6), st.booleans(), WEIGHTS), max_size=25))
    new = draw(st.lists(st.tuples(st.integers(0, 6), st.booleans(), weights), min_size=1, max_size=4))
    items = [
        Evidence(Order(START + timedelta(hours=hour), START, number, str(number)), correct, weight)
        for number, (hour, correct, weight) in enumerate([*rows, *new])
    ]
    return items[: len(rows)], items[len(rows) :]


@given(st.lists(st.tuples(st.booleans(), WEIGHTS), max_size=60), PARAMETERS)
def test_the_last_level_has_the_digits_of_a_trace(answers: list[tuple[bool, float]], parameters: Parameters) -> None:
    steps = trace([correct for correct, _ in answers], parameters, 0.3, [weight for _, weight in answers])
    outcomes = [signed(correct=correct, weight=weight) for correct, weight in answers]
    assert last_level(0.3, outcomes, parameters) == (steps[-1].after if steps else 0.3)


@given(evidence(), PARAMETERS, st.integers(0, 3), st.integers(0, 3))
def test_an_insertion_equals_the_fold(
    drawn: tuple[list[Evidence], list[Evidence]], parameters: Parameters, more_before: int, more_after: int
) -> None:
    past, new = drawn
    used = ParameterSet.of("used", 1, parameters, Origin.WRITTEN)
    ordered = sorted(past)
    before = [each for each in ordered if each < min(new)]
    after = [each for each in ordered if each > max(new)]
    before = before[: len(before) - more_before] if more_before else before
    after = after[more_after:]
    around = [each for each in ordered if each not in before and each not in after]

    replayed = insert(
        PastAnswers(_signed(before), around[::-1], _signed(after), ordered[-1].order if ordered else Order(START)),
        new, "anna", concept("c"), used,
    )  # fmt: skip

    everything = sorted([*past, *new])
    folded = list(fold(None, everything, "anna", concept("c"), used))
    ids = {each.answer_id for each in new}
    assert replayed.mastery == folded[-1][1]
    assert replayed.changes == {
        item.answer_id: change
        for item, (change, _) in zip(everything, folded, strict=True)
        if item.answer_id in ids
    }  # fmt: skip


def _signed(items: list[Evidence]) -> list[float]:
    return [signed(correct=each.correct, weight=each.weight) for each in items]

"""Half-lives and recall (Q9): recall falls without practice, and spaced practice lasts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.forgetting import FIRST, LONGEST, SHORTEST, half_life, recalled, retrievability
from graph_api.domain.learners.mastery import Evidence

START = datetime(2026, 1, 1, tzinfo=UTC)


DAY = timedelta(days=1)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.booleans()), max_size=30), st.integers(0, 10**7))
def test_recall_falls_until_something_is_practised(rows: list[tuple[int, bool]], later: int) -> None:
    given_ = [
        Evidence(Order(START + timedelta(seconds=at), answer_id=str(n)), right) for n, (at, right) in enumerate(rows)
    ]
    after = START + timedelta(seconds=10**7)
    now, then = retrievability(given_, after), retrievability(given_, after + timedelta(seconds=later))

    if not rows:
        assert now is then is None
        return
    assert now is not None
    assert then is not None
    assert 0 <= then <= now <= 1
    memory = half_life(given_[::-1], after)
    assert memory == half_life(given_, after)
    assert memory is not None
    assert SHORTEST <= memory[0] <= LONGEST


def evidence(*after: timedelta, correct: bool = True) -> list[Evidence]:
    return [Evidence(Order(START + pause, answer_id=str(n)), correct) for n, pause in enumerate(after)]


def test_spaced_practice_lasts_and_cramming_does_not() -> None:
    spaced = evidence(0 * DAY, 1 * DAY, 3 * DAY, 7 * DAY)
    crammed = evidence(*(n * timedelta(seconds=1) for n in range(4)))
    later = START + 30 * DAY

    assert half_life(spaced, later) == (8 * DAY, START + 7 * DAY)
    memory = half_life(crammed, later)
    assert memory is not None
    assert FIRST <= memory[0] < FIRST * 1.01
    assert recalled(FIRST, FIRST) == 0.5


def test_a_wrong_answer_halves_and_what_comes_later_does_not_count() -> None:
    rows = evidence(0 * DAY, 9 * DAY, correct=False)

    assert half_life(rows, START + DAY) == (FIRST / 2, START)
    assert retrievability(rows, START - DAY) is None

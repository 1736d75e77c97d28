"""Evidence parameters: what each rule does, the laws of weighing, and one rule for all estimators."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.answers import Answer
from graph_api.domain.answers.evidence_rules import (
    DEFAULT_SET,
    FIRST_ATTEMPT_SET,
    EvidenceParameters,
    EvidenceParameterSet,
    EvidenceReason,
    HintedAnswers,
    PartialScores,
    Weighed,
    is_rapid_guess,
    weigh,
)
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import sampling, topic
from graph_api.domain.learners.mastery import level_at, replay
from graph_api.domain.learners.recency import MICROSECONDS_A_DAY, answer_weights, score
from graph_api.domain.learners.sampling import Sampled, Sampling
from graph_api.domain.learners.topic import Average, Scored, Topic
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import Origin, ParameterSet
from graph_api.domain.parameters.recency_parameters import RecencyParameters
from graph_api.domain.parameters.topic_parameters import ColdStart, TopicParameters
from graph_api.domain.targets import skill
from tests.strategies import START

FIRST = FIRST_ATTEMPT_SET.parameters
USED = ParameterSet("bkt-v1", "bkt", 1, Parameters(0.3, 0.09, 0.2, 0.1), Origin.WRITTEN)
SHARES = st.floats(0, 1)
RULES = st.builds(
    EvidenceParameters,
    later_attempt_weight=SHARES,
    hinted_answers=st.sampled_from(HintedAnswers),
    partial_scores=st.sampled_from(PartialScores),
    pass_mark=st.floats(0.01, 1),
    rapid_seconds=st.floats(0, 10),
    rapid_weight=SHARES,
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """An answer with any facts."""
    at = START + timedelta(days=draw(st.integers(0, 120)))
    return Answer(
        "anna",
        draw(st.booleans()),
        skill_codes=("talk",),
        mentioned=("dative",) if draw(st.booleans()) else (),
        response_time=draw(st.none() | st.floats(0, 20)),
        semantic_score=draw(SHARES),
        keyword_score=draw(st.none() | SHARES),
        hints=draw(st.none() | st.integers(0, 3)),
        attempt=draw(st.none() | st.integers(1, 3)),
        partial_score=draw(st.none() | SHARES),
        id="x",
        at=at,
        recorded_at=at,
        sequence=0,
        digest="",
    )


HISTORIES = st.lists(answers(), max_size=25).map(
    lambda drawn: [replace(each, id=f"e{place}", sequence=place) for place, each in enumerate(drawn)]
)


def answer(*, correct: bool, **facts: object) -> Answer:
    """An answer with some facts."""
    return Answer(
        "anna", correct, skill_codes=("talk",), id="e", at=START, recorded_at=START, sequence=0, digest="", **facts  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "rules", "expected"),
    [
        (answer(correct=True, hints=3, attempt=4), EvidenceParameters(), (1.0, True)),
        (answer(correct=True, attempt=1), FIRST, (1.0, True)),
        (answer(correct=True), FIRST, (1.0, True)),
        (answer(correct=True, hints=0), FIRST, (1.0, True)),
        (answer(correct=True, hints=1), FIRST, (1.0, False, "HINT_USED")),
        (answer(correct=False, hints=1), FIRST, (1.0, False)),
        (answer(correct=True, attempt=2), FIRST, (0.0, True, "LATER_ATTEMPT")),
        (
            answer(correct=True, hints=1),
            EvidenceParameters(hinted_answers=HintedAnswers.IGNORED),
            (0.0, True, "HINT_USED"),
        ),
        (answer(correct=True, attempt=3), EvidenceParameters(later_attempt_weight=0.25), (0.25, True, "LATER_ATTEMPT")),
        (
            answer(correct=False, partial_score=0.6),
            EvidenceParameters(partial_scores=PartialScores.PASS_MARK),
            (1.0, True, "PARTIAL_SCORE"),
        ),
        (
            answer(correct=True, partial_score=0.25),
            EvidenceParameters(partial_scores=PartialScores.SHARE),
            (0.5, False, "PARTIAL_SCORE"),
        ),
        (answer(correct=False, response_time=2.9), EvidenceParameters(rapid_weight=0), (0.0, False, "RAPID_GUESS")),
        (answer(correct=True, response_time=2.9), EvidenceParameters(rapid_weight=0), (1.0, True)),
        (answer(correct=False, response_time=3.0), EvidenceParameters(rapid_weight=0), (1.0, False)),
        (
            answer(correct=False, response_time=1, attempt=2),
            EvidenceParameters(rapid_weight=0.5, later_attempt_weight=0.5),
            (0.25, False, "RAPID_GUESS", "LATER_ATTEMPT"),
        ),
    ],
    ids=str,
)
def test_each_rule(facts: Answer, rules: EvidenceParameters, expected: tuple[float, bool, *tuple[str, ...]]) -> None:
    weight, correct, *reasons = expected
    assert weigh(facts, rules) == Weighed(weight, correct, tuple(map(EvidenceReason, reasons)))


@given(answers(), RULES)
def test_every_answer_is_weighed_and_a_change_has_a_reason(facts: Answer, rules: EvidenceParameters) -> None:
    weight, correct, reasons = weigh(facts, rules)
    assert 0 <= weight <= 1
    if (weight, correct) != (1, facts.correct):
        assert reasons


def signed(facts: Answer, rules: EvidenceParameters) -> float:
    """The weight of an answer, negative if it counts as incorrect."""
    weight, correct, _ = weigh(facts, rules)
    return weight if correct else -weight


@given(answers(), RULES, SHARES, st.integers(1, 5))
def test_a_better_answer_never_counts_less(facts: Answer, rules: EvidenceParameters, other: float, more: int) -> None:
    assert signed(replace(facts, correct=False), rules) <= signed(replace(facts, correct=True), rules)
    if facts.partial_score is not None:
        low, high = sorted([facts.partial_score, other])
        assert signed(replace(facts, partial_score=low), rules) <= signed(replace(facts, partial_score=high), rules)
    later = replace(facts, attempt=(facts.attempt or 1) + more)
    assert weigh(later, rules).weight <= weigh(facts, rules).weight
    hinted, plain = replace(facts, hints=more), replace(facts, hints=0)
    if rules.hinted_answers is HintedAnswers.IGNORED:
        assert weigh(hinted, rules).weight == 0
    else:
        assert signed(hinted, rules) <= signed(plain, rules)


@given(HISTORIES)
def test_by_default_every_answer_counts_as_it_is_stated(history: list[Answer]) -> None:
    weighed = [each.weighed_by(DEFAULT_SET) for each in history]
    assert weighed == history
    assert [(each.evidence.correct, each.evidence.weight) for each in weighed] == [
        (each.correct, 1.0) for each in history
    ]


@given(answers(), RULES)
def test_a_weight_is_taken_back_by_another(facts: Answer, rules: EvidenceParameters) -> None:
    other = facts.weighed_by(EvidenceParameterSet("own-v1", "own", 1, rules))
    assert other.evidence_id == "own-v1"
    assert other.evidence.stated == facts.correct
    assert other.weighed_by(DEFAULT_SET) == facts


ONLY_FIRST = EvidenceParameterSet("only-v1", "only", 1, EvidenceParameters(later_attempt_weight=0))


@given(HISTORIES)
def test_leaving_out_later_attempts_is_their_removal_for_levels(history: list[Answer]) -> None:
    weighed, first = weighed_and_first(history)
    target = skill("talk")
    assert replay([each.evidence for each in weighed], "anna", target, USED) == replay(
        [each.evidence for each in first], "anna", target, USED
    )
    moment = START + timedelta(days=60)
    assert level_at([each.evidence for each in weighed], moment, USED) == level_at(
        [each.evidence for each in first], moment, USED
    )


def weighed_and_first(history: list[Answer]) -> tuple[list[Answer], list[Answer]]:
    """A history under the rule that only first attempts count, and the history without the later attempts."""
    return [each.weighed_by(ONLY_FIRST) for each in history], [each for each in history if (each.attempt or 1) == 1]


def scored(each: Answer) -> Scored:
    """The part of an answer that a topic needs."""
    scores = each.semantic_score, each.keyword_score, each.response_time
    return Scored(each.order, each.correct, *scores, each.counts_as, each.weight)


@given(HISTORIES, st.sampled_from(ColdStart))
def test_leaving_out_later_attempts_is_their_removal_for_topics(history: list[Answer], start: ColdStart) -> None:
    weighed, first = weighed_and_first(history)
    parameters = TopicParameters(cold_start=start)
    assert topic.fold(Topic(), map(scored, weighed), parameters) == topic.fold(Topic(), map(scored, first), parameters)

    def sampled(every: list[Answer]) -> list[Sampled]:
        return [Sampled(each.order, bool(each.mentioned), each.weight) for each in every]

    assert sampling.fold(Sampling(), sampled(weighed), parameters) == sampling.fold(
        Sampling(), sampled(first), parameters
    )


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.integers(0, 2)), max_size=20), st.booleans())
def test_recency_with_whole_weights_has_the_digits_of_recency_without(
    drawn: list[tuple[int, bool, int]],
    use_difficulty: bool,
) -> None:
    parameters = RecencyParameters(min_attempts=1, use_difficulty=use_difficulty)
    columns = columns_of(drawn)
    plain, weighed = score(*columns, 1, parameters), score(*columns, 1, parameters, np.ones(len(drawn)))
    assert [each.tolist() for each in plain] == [each.tolist() for each in weighed]


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.integers(0, 2)), min_size=1, max_size=20))
def test_two_halves_weigh_as_much_as_one_in_recency(drawn: list[tuple[int, bool, int]]) -> None:
    parameters = RecencyParameters(min_attempts=1)
    once, twice = columns_of(drawn), columns_of([*drawn, *drawn])
    halves = np.full(2 * len(drawn), 0.5)
    assert score(*twice, 1, parameters, halves).score == pytest.approx(score(*once, 1, parameters).score)
    _, age, correct, difficulty = twice
    shares = answer_weights(age, difficulty, parameters, halves)
    assert shares[correct].sum() == pytest.approx(score(*twice, 1, parameters, halves).score[0])


def columns_of(drawn: list[tuple[int, bool, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Drawn answers of one pair as the columns of recency."""
    days, correct, difficulty = zip(*drawn, strict=True) if drawn else ((), (), ())
    age = np.array(days, np.int64) * MICROSECONDS_A_DAY
    return np.zeros(len(drawn), np.int64), age, np.array(correct, bool), np.array(difficulty, np.int64)


@given(SHARES, SHARES, st.sampled_from(ColdStart), st.floats(0.01, 0.99))
def test_two_parts_move_an_average_as_far_as_the_whole(
    before: float, value: float, start: ColdStart, part: float
) -> None:
    parameters = TopicParameters(cold_start=start)
    average = Average().after(before, parameters)
    whole = average.after(value, parameters)
    parts = average.after(value, parameters, weight=part).after(value, parameters, weight=1 - part)
    assert parts.raw == pytest.approx(whole.raw)
    assert parts.value(parameters) == pytest.approx(whole.value(parameters))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"later_attempt_weight": 1.5}, "laterAttemptWeight: laterAttemptWeight must be from 0 to 1 (got 1.5)"),
        ({"rapid_weight": float("nan")}, "rapidWeight: rapidWeight must be from 0 to 1 (got nan)"),
        ({"rapid_seconds": -1}, "rapidSeconds: rapidSeconds must be from 0 to 3600 (got -1)"),
        ({"pass_mark": 0}, "passMark: passMark must be > 0 and <= 1 (got 0)"),
    ],
    ids=str,
)
def test_bad_parameters_are_named(values: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidInput) as failure:
        EvidenceParameters(**values)  # type: ignore[arg-type]
    assert failure.value.message == message


@given(RULES)
def test_parameters_are_stored_and_read_back(rules: EvidenceParameters) -> None:
    assert EvidenceParameters.of_json(rules.as_json()) == rules


def test_only_a_fast_incorrect_answer_is_a_rapid_guess() -> None:
    rules = EvidenceParameters()
    assert [is_rapid_guess(seconds, rules, correct=False) for seconds in (None, 0.5, 3.0)] == [False, True, False]
    assert not is_rapid_guess(0.5, rules, correct=True)

"""What travels between worker and writer arrives to the digit: every field, every failure."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_type_hints

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain import failures
from graph_api.domain.answers.answers import Answer, Difficulty, Recorded, Tag
from graph_api.domain.failures import CurrentRevision, Failure, InvalidInput
from graph_api.domain.learners.mastery import Change
from graph_api.domain.targets import Target, TargetKind
from graph_api.usecases.answers.answer_wire import (
    FAILURES,
    answer_from,
    decode,
    encode,
    failure_from,
    outcome_from,
    plain_answer,
    plain_failure,
    plain_outcome,
)
from graph_api.usecases.csv_records import BadFile

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
keys = st.lists(texts, max_size=3).map(tuple)
numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 10_000)
moments = st.datetimes(timezones=st.just(UTC))
tags = st.builds(Tag, st.none() | texts, st.none() | st.integers(-(2**31), 2**31))
answers = st.builds(
    Answer,
    **{name: st.none() | texts for name in ("session_id", "question_id", "evidence_id")},
    **dict.fromkeys(("student_id", "id", "digest"), texts),
    **dict.fromkeys(("concept_ids", "skill_codes", "mentioned", "missed"), keys),
    **{name: st.none() | numbers for name in ("response_time", "semantic_score", "keyword_score", "partial_score")},
    **{name: st.none() | counts for name in ("hints", "attempt", "sequence")},
    **dict.fromkeys(("at", "recorded_at"), moments),
    correct=st.booleans(),
    difficulty=st.none() | st.sampled_from(Difficulty),
    weight=numbers,
    counts_as=st.none() | st.booleans(),
    frozen=st.none() | st.dictionaries(texts, tags, max_size=3),
)
changes = st.builds(
    Change, st.builds(Target, st.sampled_from(TargetKind), texts), numbers, numbers, counts, texts, counts
)
recorded = st.builds(Recorded, answers, st.lists(changes, max_size=3), st.booleans())
OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    float: numbers,
    Sequence[str]: st.lists(texts, max_size=3),
    Sequence[CurrentRevision]: st.lists(st.builds(CurrentRevision, texts, counts), max_size=3),
}


def values_of(kind: type[Failure]) -> st.SearchStrategy[Failure]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: OF_TYPE[hints[field.name]] for field in fields(kind)})


every_failure = st.sampled_from(sorted(FAILURES)).flatmap(lambda name: values_of(FAILURES[name]))


def sent(values: Any) -> Any:
    return decode(encode(values))[0]


def test_every_failure_of_the_domain_can_travel() -> None:
    declared = {each for each in vars(failures).values() if isinstance(each, type) and issubclass(each, Failure)}
    assert set(FAILURES.values()) == declared
    assert len(FAILURES) > 25


@given(answers)
def test_an_answer_arrives_as_it_was(answer: Answer) -> None:
    assert answer_from(sent(plain_answer(answer))) == answer


@given(recorded)
def test_a_recorded_answer_arrives_as_it_was(outcome: Recorded) -> None:
    arrived = outcome_from(sent(plain_outcome(outcome)))
    assert arrived == outcome
    assert isinstance(arrived, Recorded)
    for before, after in zip(outcome.changes, arrived.changes, strict=True):
        assert [value.hex() for value in (after.level_before, after.level_after)] == [
            value.hex() for value in (before.level_before, before.level_after)
        ]
        assert isinstance(after.target.kind, TargetKind)


@given(every_failure)
def test_a_failure_arrives_as_it_was(failure: Failure) -> None:
    arrived = failure_from(sent(plain_failure(failure)))
    assert type(arrived) is type(failure)
    assert vars(arrived) == vars(failure)
    assert (arrived.code, arrived.message) == (failure.code, failure.message)


def test_a_failure_of_another_module_arrives_as_the_one_that_it_specialises() -> None:
    arrived = failure_from(sent(plain_failure(BadFile("file", "must be CSV", "x"))))
    assert type(arrived) is InvalidInput
    assert arrived.message == "file: must be CSV, got 'x'"


def test_a_text_that_is_not_unicode_is_an_error_of_its_call() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    broken = Answer("\ud800", True, id="e", at=moment, recorded_at=moment, sequence=0, digest="")  # noqa: FBT003
    with pytest.raises(orjson.JSONEncodeError):
        encode(plain_answer(broken))

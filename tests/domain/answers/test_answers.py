"""What clients send is checked: each rule names its field and value."""

import itertools
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput, Difficulty, is_correct, not_in_future
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.failures import InvalidInput, SessionClosed, SessionNotFound, shown
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.learners.sessions import Session, SessionStatus

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {"student_id": "anna", "correct": True, "concept_ids": ["c"]}


@pytest.mark.parametrize(
    ("given", "field", "rule"),
    [
        ({"student_id": ""}, "studentId", "must not be empty"),
        ({"student_id": "  "}, "studentId", "must not be empty"),
        ({"student_id": " anna"}, "studentId", "must not begin or end with a space"),
        ({"student_id": "a\x00b"}, "studentId", "must not contain control characters"),
        ({"student_id": "a\x1fb"}, "studentId", "must not contain control characters"),
        ({"student_id": "x" * 1_000_000}, "studentId", "must be at most 200 characters, has 1000000"),
        ({"id": ""}, "id", "must not be empty"),
        ({"concept_ids": []}, "conceptIds", "name at least one concept or skill"),
        ({"concept_ids": [""]}, "conceptIds", "must not be empty"),
        ({"concept_ids": [f"c{n}" for n in range(51)]}, "conceptIds", "must name at most 50, names 51"),
        ({"skill_codes": ["k" * 51]}, "skillCodes", "must be at most 50 characters, has 51"),
        ({"at": NOW.replace(tzinfo=None)}, "at", "must have an offset, as in 2026-01-31T09:30:00Z"),
        (
            {"at": datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))},
            "at",
            "must lie in the years 1 to 9999 in UTC",
        ),
        ({"response_time": -0.1}, "responseTime", "must be a number from 0 to 86400"),
        ({"response_time": math.inf}, "responseTime", "must be a number from 0 to 86400"),
        ({"semantic_score": 1.01}, "semanticScore", "must be a number from 0 to 1"),
        ({"keyword_score": math.nan}, "keywordScore", "must be a number from 0 to 1"),
        ({"session_id": ""}, "sessionId", "must not be empty"),
        ({"question_id": "q\n"}, "questionId", "must not begin or end with a space"),
    ],
    ids=map(str, itertools.count()),
)
def test_a_bad_answer(given: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        AnswerInput(**{**GOOD, **given})
    assert (caught.value.field, caught.value.rule) == (field, rule)
    assert len(caught.value.message) < 300


def test_the_same_target_twice_counts_once() -> None:
    answer = AnswerInput("anna", correct=True, concept_ids=["b", "a", "b"], skill_codes=["k", "k"])

    assert (answer.concept_ids, answer.skill_codes) == (("b", "a"), ("k",))


@pytest.mark.parametrize(
    "other",
    [
        {"student_id": "ben"},
        {"correct": False},
        {"concept_ids": ["d"]},
        {"skill_codes": ["k"]},
        {"at": NOW},
        {"session_id": "s"},
        {"question_id": "q"},
        {"difficulty": Difficulty.HARD},
        {"response_time": 1.0},
        {"semantic_score": 0.5},
        {"keyword_score": 0.5},
    ],
)
def test_a_digest_differs_with_the_content(other: dict[str, Any]) -> None:
    answer = AnswerInput(**GOOD)

    assert answer.digest != replace(answer, **other).digest


def test_a_digest_leaves_the_id_out() -> None:
    assert AnswerInput(**GOOD, id="1").digest == AnswerInput(**GOOD, id="2").digest


def test_one_moment_has_one_digest_whatever_its_offset() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))

    assert AnswerInput(**GOOD, at=NOW).digest == AnswerInput(**GOOD, at=elsewhere).digest


def test_the_future_is_refused_after_five_minutes() -> None:
    assert not_in_future(NOW + timedelta(minutes=5), NOW) == NOW + timedelta(minutes=5)
    with pytest.raises(InvalidInput, match="must not be more than 5 minutes after"):
        not_in_future(NOW + timedelta(minutes=5, microseconds=1), NOW)


def test_a_scored_answer_counts_by_its_keywords() -> None:
    assert is_correct(None, 0.6) is False
    assert is_correct(None, 0.601) is True
    assert is_correct(correct=True, keyword_score=0.0) is True
    with pytest.raises(InvalidInput, match="correct: is required"):
        is_correct(None, None)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Skill("", "n", "c"), "code"),
        (lambda: Skill("k" * 51, "n", "c"), "code"),
        (lambda: Skill("k", "n" * 101, "c"), "name"),
        (lambda: Skill("k", "n", ""), "category"),
        (lambda: Skill("k", "n", "c", description="d" * 2_001), "description"),
        (lambda: Skill("k", "n", "c", year=-1), "year"),
        (lambda: Skill("k", "n", "c", block=""), "block"),
        (lambda: Concept("", "n"), "id"),
        (lambda: Concept("c", "n" * 201), "name"),
        (lambda: Concept("c", "n", skill_codes=[""]), "skillCodes"),
        (lambda: Concept("c", "n", prerequisite_ids=["p"] * 201), "prerequisiteIds"),
        (lambda: Student(""), "id"),
        (lambda: Student("s", "n" * 101), "name"),
        (lambda: Group("g", ""), "name"),
        (lambda: Group("g", "n", ["\x00"]), "studentIds"),
        (lambda: Group("g", "n", [f"s{n}" for n in range(5_001)]), "studentIds"),
    ],
    ids=map(str, itertools.count()),
)
def test_bad_nouns(make: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make()
    assert caught.value.field == field


class TestSession:
    session = Session("p", "anna", SessionStatus.IN_PROGRESS, NOW)

    def test_takes_answers_while_in_progress(self) -> None:
        self.session.takes_answer("anna", NOW + timedelta(days=1))

    def test_takes_no_answer_of_someone_else(self) -> None:
        with pytest.raises(SessionNotFound, match="session of this student"):
            self.session.takes_answer("ben", NOW)

    def test_takes_a_late_answer_that_was_given_before_its_end(self) -> None:
        ended = self.session.end(SessionStatus.SUBMITTED, NOW + timedelta(hours=1))

        ended.takes_answer("anna", NOW + timedelta(hours=1))
        with pytest.raises(SessionClosed) as caught:
            ended.takes_answer("anna", NOW + timedelta(hours=1, microseconds=1))
        assert caught.value.status == "SUBMITTED"

    def test_ends_once(self) -> None:
        ended = self.session.end(SessionStatus.ABANDONED, NOW)

        assert ended.end(SessionStatus.ABANDONED, NOW + timedelta(days=1)) is ended
        with pytest.raises(SessionClosed, match="ABANDONED already"):
            ended.end(SessionStatus.SUBMITTED, NOW)

    def test_does_not_end_in_progress(self) -> None:
        with pytest.raises(InvalidInput, match="status"):
            self.session.end(SessionStatus.IN_PROGRESS, NOW)


def test_a_shown_value_is_one_short_line() -> None:
    assert shown("line\nline") == "line\\nline"
    assert len(shown("x" * 10_000)) == 81

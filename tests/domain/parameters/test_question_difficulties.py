"""Difficulties from data: stored and read back, and no trace in parameters that do not use them (Q13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters import question_difficulties as domain
from graph_api.domain.parameters.question_difficulties import QuestionDifficulties
from graph_api.domain.parameters.recency_parameters import DEFAULT_SET, DifficultySource, RecencyParameters

ids = st.text("abc-1", min_size=1, max_size=3)
difficulties = st.builds(
    QuestionDifficulties,
    st.dictionaries(ids, st.dictionaries(ids, st.sampled_from(Difficulty), max_size=4), max_size=3),
    author=st.none() | ids,
    note=st.text(max_size=5),
)


@given(difficulties, ids, ids, st.none() | st.sampled_from(Difficulty))
def test_a_version_is_read_back_and_leaves_other_questions_as_stated(
    version: QuestionDifficulties, code: str, question: str, stated: Difficulty | None
) -> None:
    again = QuestionDifficulties.of_json(version.as_json())

    assert (again, again.author, again.note) == (version, version.author, version.note)
    rows = {(code, key): its for code, key, its in version.rows()}
    assert len(rows) == version.count
    assert version.of(code, question, stated) == rows.get((code, question), stated)
    for its in Difficulty:
        assert version.questions(code, its) == sorted(
            key for (of, key), each in rows.items() if (of, each) == (code, its)
        )


def test_author_and_note_are_not_part_of_the_content() -> None:
    assert QuestionDifficulties({}, "ada", "why") == QuestionDifficulties({})


def test_a_version_holds_no_more_questions_than_one_property_should(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "MOST_QUESTIONS", 1)

    with pytest.raises(InvalidInput, match="at most 1 questions"):
        QuestionDifficulties({"a": {"q1": Difficulty.EASY}, "b": {"q1": Difficulty.EASY}})


def test_recency_parameters_without_a_version_are_stored_as_before() -> None:
    stored = DEFAULT_SET.parameters.as_json()
    named = RecencyParameters(use_difficulty=True, question_difficulties="measured-v1")

    assert "questionDifficulties" not in stored
    assert RecencyParameters.of_json(stored) == DEFAULT_SET.parameters
    assert RecencyParameters.of_json(named.as_json()) == named
    assert named.difficulty_source is DifficultySource.DATA
    assert RecencyParameters(question_difficulties="measured-v1").difficulty_source is None

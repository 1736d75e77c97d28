"""Difficulties of questions that were taken from data: immutable versions, which recency and next questions can use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.failures import InvalidInput

MOST_QUESTIONS = 20_000


@dataclass(frozen=True)
class QuestionDifficulties:
    """The difficulty of each question, by skill code and question id. Questions that are left out keep what is stated.

    Attributes:
        by_skill: the difficulties; ids of questions are the client's, and the same id in two skills is two questions.
        author: the principal who stored them; None without authentication. Not part of the content.
        note: the reason, in the words of the author; may be empty. Not part of the content.

    Raises:
        InvalidInput: they are too many for one version.

    >>> QuestionDifficulties({"cases": {"q1": Difficulty.HARD}}).of("cases", "q1", Difficulty.EASY).value
    'HARD'
    """

    by_skill: Mapping[str, Mapping[str, Difficulty]]
    author: str | None = field(default=None, compare=False)
    note: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.count > MOST_QUESTIONS:
            raise InvalidInput("skillCodes", f"must have at most {MOST_QUESTIONS} questions together", str(self.count))

    @property
    def count(self) -> int:
        """How many questions have a difficulty."""
        return sum(map(len, self.by_skill.values()))

    def of(self, skill_code: str, question_id: str, stated: Difficulty | None) -> Difficulty | None:
        """The difficulty of an answer: from data if its question has one, else as stated."""
        return self.by_skill.get(skill_code, {}).get(question_id, stated)

    def questions(self, skill_code: str, difficulty: Difficulty) -> list[str]:
        """The questions of a skill with a difficulty, by id.

        >>> hard = QuestionDifficulties({"cases": {"b": Difficulty.HARD, "a": Difficulty.HARD}})
        >>> hard.questions("cases", Difficulty.HARD)
        ['a', 'b']
        """
        own = self.by_skill.get(skill_code, {})
        return sorted(question_id for question_id, its in own.items() if its is difficulty)

    def rows(self, skill_code: str | None = None) -> list[tuple[str, str, Difficulty]]:
        """Skill code, question id and difficulty of each question, in order; of one skill if it is given."""
        return sorted(
            (code, question_id, its)
            for code, own in self.by_skill.items()
            if skill_code in {None, code}
            for question_id, its in own.items()
        )

    def as_json(self) -> dict[str, Any]:
        """As stored."""
        return {
            "bySkill": {code: {key: each.value for key, each in own.items()} for code, own in self.by_skill.items()},
            "author": self.author,
            "note": self.note,
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "QuestionDifficulties":
        """The inverse of `as_json`."""
        by_skill = {
            code: {question_id: Difficulty(each) for question_id, each in own.items()}
            for code, own in stored["bySkill"].items()
        }
        return cls(by_skill, stored["author"], stored["note"])


@dataclass(frozen=True, slots=True)
class QuestionDifficultySet:
    """One version of the difficulties. `id` is `name-vN` and never means anything else again."""

    id: str
    name: str
    version: int
    parameters: QuestionDifficulties
    created_at: datetime | None = None

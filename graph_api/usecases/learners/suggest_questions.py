"""Questions for the next answer of a student: those with the recommended difficulty, as data shows it (Q13).

Of questions that the student answered equally often, the one nearest to a success of three in four comes first: hard
enough to learn from, easy enough to go on.

Reference: S. Klinkenberg, M. Straatemeier, H. L. J. van der Maas (2011), "Computer adaptive practice of maths ability
using a new item response model for on the fly ability and difficulty estimation", Computers & Education 57.
"""

from typing import NamedTuple

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.failures import ParameterSetNotFound
from graph_api.store.answers import Pair
from graph_api.usecases.learners.explain_level import read_known
from graph_api.usecases.learners.predict_next_answer import read_next_answers
from graph_api.usecases.learners.reads import LearnerReads

AIM = 0.75
"""The P(correct) of a question that suits best."""
DIGITS = 6
"""Questions whose P(correct) differs by less are alike."""


class SuggestedQuestion(NamedTuple):
    """A question, its difficulty, how often the student has answered it, and P(the next answer to it is correct)."""

    question_id: str
    difficulty: Difficulty
    answers: int
    p_next_correct: float

    @property
    def order(self) -> tuple[int, float, str]:
        """What suggested questions are sorted by.

        >>> hard, apt = (SuggestedQuestion(key, Difficulty.HARD, 0, p) for key, p in (("a", 0.2), ("b", 0.7)))
        >>> [question.question_id for question in sorted([hard, apt], key=lambda question: question.order)]
        ['b', 'a']
        """
        return self.answers, round(abs(self.p_next_correct - AIM), DIGITS), self.question_id


class DifficultyVersion(NamedTuple):
    """The version of difficulties: as a caller names it, else as the recency parameters in effect name it."""

    set_id: str | None
    recency_set_id: str


async def suggest_questions(
    reads: LearnerReads, pair: Pair, difficulty: Difficulty, version: DifficultyVersion, limit: int
) -> list[SuggestedQuestion] | None:
    """At most `limit` questions of a skill with a difficulty, in the order above, then by id.

    None if neither the caller nor the recency parameters name a version.

    Raises:
        ParameterSetNotFound: the version does not exist.
    """
    set_id, code = version.set_id, pair[1].key
    if set_id is None:
        used = await reads.recency_sets.load(version.recency_set_id)
        set_id = used.parameters.question_difficulties if used else None
    if set_id is None:
        return None
    stored = await reads.difficulty_sets.load(set_id)
    if stored is None:
        raise ParameterSetNotFound("questionDifficulties", "must be a stored version", set_id, [set_id])
    answers = await reads.question_answers.load(pair) or {}
    questions = stored.parameters.questions(code, difficulty)
    known = await read_known(reads, *pair)
    if known is None:
        return []
    chances = await read_next_answers(reads, *pair, known.p_correct, questions)
    suggested = [SuggestedQuestion(key, difficulty, answers.get(key, 0), chances[key]) for key in questions]
    return sorted(suggested, key=lambda question: question.order)[:limit]

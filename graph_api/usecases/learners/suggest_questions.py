"""Questions for the next answer of a student: those with the recommended difficulty, as data shows it (Q13)."""

from typing import NamedTuple

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.failures import ParameterSetNotFound
from graph_api.store.answers import Pair
from graph_api.usecases.learners.reads import LearnerReads


class SuggestedQuestion(NamedTuple):
    """A question, its difficulty, and how often the student has answered it."""

    question_id: str
    difficulty: Difficulty
    answers: int


class DifficultyVersion(NamedTuple):
    """The version of difficulties: as a caller names it, else as the recency parameters in effect name it."""

    set_id: str | None
    recency_set_id: str


async def suggest_questions(
    reads: LearnerReads, pair: Pair, difficulty: Difficulty, version: DifficultyVersion, limit: int
) -> list[SuggestedQuestion] | None:
    """At most `limit` questions of a skill with a difficulty: those that the student answered least often, then by id.

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
    ordered = sorted(questions, key=lambda question_id: (answers.get(question_id, 0), question_id))
    return [SuggestedQuestion(key, difficulty, answers.get(key, 0)) for key in ordered[:limit]]

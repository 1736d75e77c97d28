"""Take the difficulties that answers suggest as a version that recency and next questions can use (Q13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from graph_api.domain.failures import GroupNotFound, InvalidInput, SkillNotFound
from graph_api.domain.learners.item_analysis.suggestions import suggest_difficulty
from graph_api.domain.parameters.question_difficulties import QuestionDifficulties, QuestionDifficultySet
from graph_api.domain.targets import skill
from graph_api.domain.text import DESCRIPTION_LENGTH, text
from graph_api.store import groups, skills
from graph_api.store.policy_sets import difficulty_sets
from graph_api.usecases.learners.analyse_questions import AnalysisOf, analyse_questions
from graph_api.usecases.learners.reads import LearnerReads
from graph_api.usecases.parameters.edit_policy_sets import put_policy

if TYPE_CHECKING:
    from graph_api.domain.answers.answers import Difficulty

MOST_SKILLS = 200


@dataclass(frozen=True, slots=True)
class DifficultyRequest:
    """Which answers the difficulties are taken from, under which name, by whom and why.

    Attributes:
        name: what the versions have in common.
        skill_codes: the skills whose questions get a difficulty, 1 to 200.
        group_id: only answers of this group's members; None for all students.
        since: only answers given at this time or later.
        until: only answers given before this time.
        author: the principal; None if authentication is off.
        note: the reason; may be empty.

    Raises:
        InvalidInput: there is no skill, too many, or the note breaks a rule.
    """

    name: str
    skill_codes: Sequence[str]
    group_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    author: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(set(self.skill_codes)) <= MOST_SKILLS:
            raise InvalidInput("skillCodes", f"must name 1 to {MOST_SKILLS} skills", str(len(set(self.skill_codes))))
        text(self.note, "note", DESCRIPTION_LENGTH)


class AppliedDifficulties(NamedTuple):
    """The stored version, and the number of questions whose answers suggest no difficulty yet."""

    stored: QuestionDifficultySet
    undecided: int


async def apply_question_difficulties(
    reads: LearnerReads, request: DifficultyRequest, now: datetime
) -> AppliedDifficulties:
    """Store the difficulties as the next version of the name; the same ones as the newest version store nothing.

    Raises:
        SkillNotFound, GroupNotFound: a skill or the group does not exist.
        InvalidInput: the name breaks a rule, or a skill has too many answers or questions for one call.
    """
    codes = sorted(set(request.skill_codes))
    known = await reads.gateway.read_one(lambda tx: skills.read_by_codes(tx, codes))
    if missing := [code for code in codes if code not in known]:
        raise SkillNotFound("skillCodes", "must name skills that exist", ", ".join(missing), missing)
    if request.group_id is not None and not await reads.gateway.read_one(
        lambda tx: groups.read_by_ids(tx, [str(request.group_id)])
    ):
        raise GroupNotFound("groupId", "must exist", request.group_id, [request.group_id])
    by_skill: dict[str, dict[str, Difficulty]] = {}
    undecided = 0
    for code in codes:
        key = AnalysisOf(skill(code), request.group_id, request.since, request.until)
        (analysed,) = await analyse_questions(reads, [key])
        if isinstance(analysed, BaseException):
            raise analysed
        suggested = {each.question_id: suggest_difficulty(each.figures).difficulty for each in analysed}
        by_skill[code] = {question_id: its for question_id, its in suggested.items() if its is not None}
        undecided += len(suggested) - len(by_skill[code])
    difficulties = QuestionDifficulties(by_skill, request.author, request.note)
    return AppliedDifficulties(
        await put_policy(reads.gateway, difficulty_sets, request.name, difficulties, now), undecided
    )

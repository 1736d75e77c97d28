"""Sort out a batch of submissions before anything is written: which answers to record, and the outcomes of the rest."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TypeAlias

from graph_api.domain.answers.answers import Answer, Recorded, Tag
from graph_api.domain.failures import (
    AnswerIdConflict,
    ConceptNotFound,
    Failure,
    InvalidInput,
    NotRecorded,
    SessionNotFound,
    SkillNotFound,
    TargetArchived,
)
from graph_api.domain.learners.sessions import UNKNOWN_SESSION, Session
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.answers import Pair
from graph_api.store.tags import ConceptTags, SkillTags
from graph_api.usecases.answers.late_answers import Later, ReplayedPair

Outcome: TypeAlias = Recorded | Failure
NONE_LATER: Mapping[int, Later] = {}


@dataclass(frozen=True, slots=True)
class Submission:
    """The answers of one call. Atomic: all are recorded or none.

    `may_wait`: late answers on long histories may be left out of a batch. `replays` are those of an earlier batch.
    """

    answers: Sequence[Answer]
    atomic: bool = False
    may_wait: bool = False
    replays: Mapping[Pair, ReplayedPair] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Course:
    """The tags of a batch, as stored now, and the ids of the evidence parameters that exist."""

    concepts: Mapping[str, ConceptTags]
    skills: Mapping[str, SkillTags]
    sessions: Mapping[str, Session]
    evidence_ids: AbstractSet[str] = frozenset()

    def freeze(self, answer: Answer) -> Answer:
        """The answer with every skill it counts towards: those it was tagged with and those of its concepts (G5).

        An answer from an export stays as it was frozen, also if its session has ended since.

        Raises:
            Failure: a concept, skill, session or evidence policy is unknown, or the session cannot take the answer.
        """
        if answer.evidence_id is not None and answer.evidence_id not in self.evidence_ids:
            raise InvalidInput("evidence", "must name stored evidence parameters", answer.evidence_id)
        if missing := [key for key in answer.concept_ids if key not in self.concepts]:
            raise ConceptNotFound("conceptIds", "must name concepts that exist", ", ".join(missing), missing)
        if missing := [key for key in answer.skill_codes if key not in self.skills]:
            raise SkillNotFound("skillCodes", "must name skills that exist", ", ".join(missing), missing)
        if missing := [key for key in (*answer.mentioned, *answer.missed) if key not in self.concepts]:
            raise ConceptNotFound("sampled", "must name concepts that exist", ", ".join(missing), missing)
        if answer.session_id is not None:
            session = self.sessions.get(answer.session_id)
            if session is None:
                raise SessionNotFound("sessionId", UNKNOWN_SESSION, answer.session_id, [answer.session_id])
            if answer.frozen is None:
                session.takes_answer(answer.student_id, answer.at)
            elif session.student_id != answer.student_id:
                raise SessionNotFound("sessionId", UNKNOWN_SESSION, answer.session_id, [answer.session_id])
        if answer.frozen is not None:
            return answer
        self._check_archived(answer)
        of_concepts = [self.concepts[key].skills for key in answer.concept_ids]
        rolled_up = [code for skills in of_concepts for code, each in skills.items() if each.takes_answer(answer.at)]
        return replace(answer, skill_codes=tuple(dict.fromkeys([*answer.skill_codes, *rolled_up])))

    def _check_archived(self, answer: Answer) -> None:
        """Refuse an answer that was given after a target that it names was archived.

        The time of the answer decides, not the time of its arrival: clients that were offline lose no answer that was
        given before. A skill that is reached only through its concepts refuses no answer, and does not count it.
        """
        sampled = (*answer.mentioned, *answer.missed)
        late = {
            "conceptIds": [key for key in answer.concept_ids if not self.concepts[key].takes_answer(answer.at)],
            "sampled": [key for key in sampled if not self.concepts[key].takes_answer(answer.at)],
            "skillCodes": [key for key in answer.skill_codes if not self.skills[key].takes_answer(answer.at)],
        }
        for path, archived in late.items():
            if archived:
                rule = "must name targets that were not archived when the answer was given"
                raise TargetArchived(path, rule, ", ".join(archived), archived)

    def parameter_set_id(self, target: Target) -> str:
        """The parameter set in effect for a target of a frozen answer."""
        of_kind = self.concepts if target.kind is TargetKind.CONCEPT else self.skills
        return of_kind[target.key].parameter_set_id

    def tags_of(self, targets: Iterable[Target]) -> dict[Target, Tag]:
        """Block and year of each skill among some targets of frozen answers."""
        return {each: self.skills[each.key].tag for each in targets if each.kind is TargetKind.SKILL}


@dataclass(slots=True)
class Batch:
    """The answers of all submissions by their position, and their outcomes so far.

    `settled` holds outcomes that are known for good; `fresh` the frozen answers to record now; `twins` answers whose
    event id is used twice in the batch with the same content, by the place of the one that is recorded.
    """

    submissions: Sequence[Submission]
    settled: dict[int, Outcome] = field(default_factory=dict)
    fresh: dict[int, Answer] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)

    def calls(self) -> list[tuple[Submission, range]]:
        """The submissions, each with the places of its answers."""
        ends = list(accumulate(len(submission.answers) for submission in self.submissions))
        return list(zip(self.submissions, map(range, [0, *ends], ends), strict=True))

    def open(self) -> Iterable[tuple[int, Answer]]:
        """The answers whose outcome is not known yet."""
        answers = (answer for submission in self.submissions for answer in submission.answers)
        return ((place, answer) for place, answer in enumerate(answers) if place not in self.settled)

    def sort_out(self, course: Course) -> dict[int, Failure]:
        """Fill `fresh` and `twins` for the course as it is now; returns the failures of the rest."""
        self.fresh, self.twins = {}, {}
        failures: dict[int, Failure] = {}
        used: dict[str, int] = {}
        start = 0
        for submission in self.submissions:
            places = range(start, start + len(submission.answers))
            start = places.stop
            failed = self._sort_out_one(submission, places, course, used)
            if submission.atomic and failed:
                for place in places:
                    if self.fresh.pop(place, None) or self.twins.pop(place, None) is not None:
                        failed[place] = not_recorded()
            failures |= failed
            used |= {self.fresh[place].id: place for place in places if place in self.fresh}
        return failures

    def _sort_out_one(
        self, submission: Submission, places: range, course: Course, used: Mapping[str, int]
    ) -> dict[int, Failure]:
        failed: dict[int, Failure] = {
            place: outcome for place in places if isinstance(outcome := self.settled.get(place), Failure)
        }
        mine: dict[str, int] = {}
        for place, answer in zip(places, submission.answers, strict=True):
            if place in self.settled:
                continue
            first = used.get(answer.id, mine.get(answer.id))
            try:
                if first is None:
                    self.fresh[place] = course.freeze(answer)
                    mine[answer.id] = place
                elif same_content(answer, self.fresh[first]):
                    self.twins[place] = first
                else:
                    failed[place] = conflict(answer)
            except Failure as failure:
                failed[place] = failure
        return failed

    def outcomes(
        self, failures: Mapping[int, Failure], recorded: Mapping[int, Recorded], later: Mapping[int, Later] = NONE_LATER
    ) -> list[list[Outcome | Later]]:
        """One outcome per answer, by submission, in order."""
        known: dict[int, Outcome | Later] = {**self.settled, **failures, **recorded, **later}
        for place, first in self.twins.items():
            known[place] = later[first] if first in later else recorded[first]._replace(duplicate=True)
        in_order = iter(sorted(known.items()))
        return [[next(in_order)[1] for _ in submission.answers] for submission in self.submissions]


def same_content(answer: Answer, other: Answer) -> bool:
    """Whether a client sent the same answer twice; for an answer from an export, whether its content is unchanged."""
    if answer.frozen is not None and not answer.has_same_content(other):
        return False
    return (answer.student_id, answer.digest) == (other.student_id, other.digest)


def conflict(answer: Answer) -> AnswerIdConflict:
    """The failure of an event id that was used for another answer."""
    return AnswerIdConflict("id", "was used before for an answer with other content", answer.id)


def not_recorded() -> NotRecorded:
    """The failure of a valid answer in an atomic call with an invalid one."""
    return NotRecorded("answers", "another answer of this atomic call failed")

"""Record answers: a batch of submissions from many clients, in one transaction (group commit).

Each answer gets its own outcome; one that cannot be recorded never affects another, unless they were sent as one
atomic submission. Safe to run again: an event id is recorded once.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from graph_api.domain.answers.answers import Answer, AnswerInput, Recorded, content_of, not_in_future
from graph_api.domain.answers.evidence_rules import SHIPPED_SETS, EvidenceParameterSet
from graph_api.domain.failures import Failure, ParameterSetNotFound, StudentErased
from graph_api.domain.learners.late_answers import Replayed, fold_together
from graph_api.domain.learners.mastery import Change, Evidence
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.store import answers as answer_store
from graph_api.store import erasures, parameter_sets, recordings, sessions
from graph_api.store.answers import Pair, unique_key
from graph_api.store.gateway import ATTEMPTS, ConstraintViolated, Gateway, Transaction
from graph_api.store.policy_sets import evidence_sets
from graph_api.store.recordings import Start
from graph_api.usecases.answers.answer_batch import Batch, Course, Outcome, Submission, conflict, same_content
from graph_api.usecases.answers.cached_tags import CachedTags, CourseChanged, Tags
from graph_api.usecases.answers.late_answers import (
    LatePair,
    Later,
    ReplayedPair,
    is_long,
    needs_replay,
    replay_late,
    with_related,
)
from graph_api.usecases.answers.replaced_sets import ReplacedSets, Written, latest
from graph_api.usecases.learners.fold_topics import fold_samplings, fold_topics


def received(sent: AnswerInput, answer_id: str, now: datetime, sequence: int) -> Answer:
    """The answer as it came in at `now`: with an id and times, its tags not yet frozen.

    `sequence` is its place in the call or file: 0, 1, 2 …, across all parts of what is recorded in parts.

    Raises:
        InvalidInput: its time is in the future.
    """
    return Answer(
        **content_of(sent),
        id=sent.id or answer_id,
        at=now if sent.at is None else not_in_future(sent.at, now),
        recorded_at=now,
        sequence=sequence,
        digest=sent.digest,
        frozen=None if sent.frozen is None else sent.frozen.tags,
        evidence_id=sent.evidence_id,
    )


class _Done(NamedTuple):
    """What a transaction did: outcomes, what it wrote, and the mark of the course that it read after its locks."""

    outcomes: list[list[Outcome | Later]]
    written: Written | None = None
    mark: str = ""


class RecordAnswers:
    """The use case. It caches parameter sets and evidence parameters, which are immutable, and the course's tags."""

    def __init__(self, gateway: Gateway, topic_set: TopicParameterSet) -> None:
        self._gateway = gateway
        self._topic_set = topic_set
        self._sets: dict[str, ParameterSet] = {}
        self._evidence_sets: dict[str, EvidenceParameterSet] = {each.id: each for each in SHIPPED_SETS}
        self._tags = CachedTags()
        self._replaced = ReplacedSets(gateway)
        self._course_mark = ""

    def course_mark(self) -> str:
        """The mark of the course as the last batch read it in its transaction; empty before the first."""
        return self._course_mark

    async def __call__(self, submissions: Sequence[Submission]) -> list[list[Outcome]]:
        """Record submissions that may not wait, and replay those whose set was replaced meanwhile. As `record`."""
        outcomes = await self.record([replace(submission, may_wait=False) for submission in submissions])
        await self.check_sets()
        return [[outcome for outcome in of_call if not isinstance(outcome, Later)] for of_call in outcomes]

    async def replay_late(self, due: Mapping[Pair, LatePair]) -> dict[Pair, ReplayedPair]:
        """The replays of the pairs that `record` left for later.

        Raises:
            DatabaseUnavailable: they could not be read.
        """
        return await replay_late(self._gateway, due)

    async def check_sets(self) -> None:
        """Replay the answers of earlier calls of `record` whose set was replaced while they were recorded."""
        await self._replaced.check_all()

    async def record(self, submissions: Sequence[Submission]) -> list[list[Outcome | Later]]:
        """Record submissions; one outcome per answer, by submission, in order.

        Late answers of submissions that may wait are left for later: see `graph_api.usecases.answers.late_answers`.

        The next call replays those whose set was replaced meanwhile. After the last call, call `check_sets`.

        Answers are created without reading their ids first. Ids are read only if the database reports that one exists,
        because that is rare and reading is slow.

        Raises:
            DatabaseUnavailable: whether the answers were written is not known; run again.
        """
        batch, attempts, follows = Batch(submissions), 1, True
        while True:
            earlier = self._replaced.so_far()
            try:
                done = await self._gateway.write(partial(self._record, batch=batch, follows=follows), attempts)
            except StudentErased as failure:
                batch.settled |= _of_erased(dict(batch.open()), failure.erased)
            except CourseChanged:
                follows = False
            except ConstraintViolated as violation:
                known = await self._find_used_ids(batch)
                if not known and attempts > 1:
                    known = _used_by_others(batch, str(violation))
                    if not known:
                        raise
                batch.settled |= known
                attempts = (
                    1 if known else ATTEMPTS
                )  # or the conflict was no id: another transaction has just created a student
            else:
                if done.written is not None:
                    self._course_mark = done.mark
                    self._replaced.add(done.written)
                    await self._replaced.check(earlier, done.mark)
                return done.outcomes

    async def _record(self, tx: Transaction, batch: Batch, *, follows: bool) -> _Done:
        """Record what is open of a batch.

        Args:
            tx: where to write.
            batch: the answers.
            follows: whether to refuse tags that changed since they were read. If not, all are read here.

        Raises:
            CourseChanged: they did. The transaction must be rolled back.
        """
        opened = [answer for _, answer in batch.open()]
        named = {answer.evidence_id for answer in opened if answer.evidence_id is not None}
        evidence_ids = await self._known_evidence(tx, named)
        tags = await self._tags.read(tx, opened, is_fresh=not follows)
        course = await _course(tx, tags, opened, evidence_ids)
        failures = batch.sort_out(course)
        if failures and not tags.is_fresh:  # perhaps only by the cached tags
            tags = await self._tags.read(tx, opened, is_fresh=True)
            course = replace(course, concepts=tags.concepts, skills=tags.skills)
            failures = batch.sort_out(course)
        if failures and (known := await _find_settled(tx, batch, failures)):
            batch.settled |= known
            failures = batch.sort_out(course)
        if not batch.fresh:
            return _Done(batch.outcomes(failures, {}))
        pairs = [(answer.student_id, target) for answer in batch.fresh.values() for target in answer.targets]
        start = await recordings.lock_students(tx, pairs, latest(batch.fresh.values()))
        if follows and start.course_mark != tags.mark:
            self._tags.forget()
            raise CourseChanged
        weighed = await self._weigh(tx, batch.fresh, start.evidence_set_id)
        used = await self._parameter_sets(tx, {pair: course.parameter_set_id(pair[1]) for pair in pairs})
        evidence = _by_pair(weighed)
        late = _late_pairs(evidence, start, used)
        replays = {pair: each for submission in batch.submissions for pair, each in submission.replays.items()}
        replayed = {
            pair: replays[pair].replayed for pair, of in late.items() if pair in replays and replays[pair].is_of(of)
        }
        later = _find_later(batch, weighed, {pair: of for pair, of in late.items() if pair not in replayed})
        if later:
            weighed = {place: answer for place, answer in weighed.items() if place not in later}
            evidence = _by_pair(weighed)
        if not weighed:
            return _Done(batch.outcomes(failures, {}, later))
        recorded = await self._fold_and_write(tx, weighed, evidence, course, start, used, replayed)
        written = Written(tags.mark, list(weighed.values()))
        return _Done(batch.outcomes(failures, recorded, later), written, start.course_mark)

    async def _weigh(self, tx: Transaction, fresh: Mapping[int, Answer], in_effect: str) -> dict[int, Answer]:
        """Answers as the evidence parameters that they name weigh them, else those in effect."""
        await self._known_evidence(tx, {in_effect})
        return {
            place: answer.weighed_by(self._evidence_sets[answer.evidence_id or in_effect])
            for place, answer in fresh.items()
        }

    async def _known_evidence(self, tx: Transaction, ids: AbstractSet[str]) -> AbstractSet[str]:
        """The ids of all evidence parameters that are known, after a look at the graph for those that are not."""
        if unknown := ids - self._evidence_sets.keys():
            self._evidence_sets |= await evidence_sets.read_by_ids(tx, unknown)
        return self._evidence_sets.keys()

    async def _fold_and_write(  # noqa: PLR0913, PLR0917 - what a fold starts from
        self,
        tx: Transaction,
        fresh: Mapping[int, Answer],
        evidence: Mapping[Pair, Sequence[Evidence]],
        course: Course,
        start: Start,
        used: Mapping[Pair, ParameterSet],
        replayed: Mapping[Pair, Replayed],
    ) -> dict[int, Recorded]:
        states = dict(start.states)
        rest = evidence.keys() - replayed.keys()
        late = [
            pair for pair in evidence if pair in rest and needs_replay(states.get(pair), evidence[pair], used[pair])
        ]
        history = await answer_store.read_evidence(tx, late) if late else {}

        changes: dict[tuple[Pair, str], Change] = {}
        for pair, new in evidence.items():
            first = None if pair in history else states.get(pair)
            folded = replayed.get(pair) or fold_together(first, history.get(pair, ()), new, *pair, used[pair])
            changes |= {(pair, answer_id): change for answer_id, change in folded.changes.items()}
            if folded.mastery is not None:
                states[pair] = folded.mastery

        recorded = {
            place: Recorded(answer, [changes[(answer.student_id, t), answer.id] for t in answer.targets])
            for place, answer in fresh.items()
        }
        tags = course.tags_of({target for _, target in evidence})
        await recordings.append(tx, list(recorded.values()), states, start.states.keys(), tags)
        await fold_topics(tx, fresh.values(), self._topic_set)
        await fold_samplings(tx, fresh.values(), self._topic_set)
        return recorded

    async def _parameter_sets(self, tx: Transaction, ids: Mapping[Pair, str]) -> dict[Pair, ParameterSet]:
        unknown = set(ids.values()) - self._sets.keys()
        if unknown:
            self._sets |= {each.id: each for each in await parameter_sets.read_by_ids(tx, unknown)}
        if missing := unknown - self._sets.keys():
            raise ParameterSetNotFound("parameterSet", "must exist", ", ".join(missing), sorted(missing))
        return {pair: self._sets[set_id] for pair, set_id in ids.items()}

    async def _find_used_ids(self, batch: Batch) -> dict[int, Outcome]:
        """Outcomes of the answers whose ids are in the graph already, as answers of the same students."""
        open_answers = dict(batch.open())
        stored = await self._gateway.read(
            lambda tx: answer_store.read_by_ids(tx, [(a.student_id, a.id) for a in open_answers.values()])
        )
        return {
            place: _seen_again(answer, stored[answer.id])
            for place, answer in open_answers.items()
            if answer.id in stored
        }


def _used_by_others(batch: Batch, message: str) -> dict[int, Outcome]:
    """Outcomes of the answers whose ids are other students': the message names the id, if there are several."""
    open_answers = dict(batch.open())
    return {
        place: conflict(answer)
        for place, answer in open_answers.items()
        if len(open_answers) == 1 or unique_key(answer.id, 0) in message
    }


def _of_erased(answers: Mapping[int, Answer], erased: Collection[str]) -> dict[int, Outcome]:
    """Outcomes of the answers of erased students."""
    return {
        place: erasures.erased_failure("studentId", [answer.student_id])
        for place, answer in answers.items()
        if answer.student_id in erased
    }


async def _find_settled(tx: Transaction, batch: Batch, failures: Mapping[int, Failure]) -> dict[int, Outcome]:
    """Outcomes that replace the failures of the first look.

    An answer that cannot be recorded now may have been before, as when its session has ended; or its student is
    erased, and so is its session.
    """
    refused = {place: answer for place, answer in batch.open() if place in failures}
    erased = await erasures.read_erased(tx, {answer.student_id for answer in refused.values()})
    stored = await answer_store.read_by_ids(tx, [(answer.student_id, answer.id) for answer in refused.values()])
    seen = {place: _seen_again(answer, stored[answer.id]) for place, answer in refused.items() if answer.id in stored}
    return seen | _of_erased(refused, erased)


async def _course(tx: Transaction, tags: Tags, answers: Sequence[Answer], evidence_ids: AbstractSet[str]) -> Course:
    session_ids = [a.session_id for a in answers if a.session_id is not None]
    stored_sessions = await sessions.read_by_ids(tx, session_ids) if session_ids else []
    return Course(
        concepts=tags.concepts,
        skills=tags.skills,
        sessions={session.id: session for session in stored_sessions},
        evidence_ids=evidence_ids,
    )


def _by_pair(answers: Mapping[int, Answer]) -> dict[Pair, list[Evidence]]:
    """The new evidence of each pair."""
    evidence: dict[Pair, list[Evidence]] = defaultdict(list)
    for answer in answers.values():
        item = answer.evidence
        for target in answer.targets:
            evidence[answer.student_id, target].append(item)
    return evidence


def _late_pairs(
    evidence: Mapping[Pair, Sequence[Evidence]], start: Start, used: Mapping[Pair, ParameterSet]
) -> dict[Pair, LatePair]:
    """The pairs with long histories that must be replayed."""
    return {
        pair: LatePair(state, start.revisions[pair[0]], used[pair], new)
        for pair, new in evidence.items()
        if (state := start.states.get(pair)) is not None and is_long(state) and needs_replay(state, new, used[pair])
    }


def _find_later(batch: Batch, fresh: Mapping[int, Answer], late: Mapping[Pair, LatePair]) -> dict[int, Later]:
    """The answers to record after the replay of late pairs, by place, with what belongs to them."""
    if not late:
        return {}
    patient = {place for submission, places in batch.calls() if submission.may_wait for place in places}
    students = {
        answer.student_id
        for place, answer in fresh.items()
        if place in patient and any((answer.student_id, target) in late for target in answer.targets)
    }
    wholes = [places for submission, places in batch.calls() if submission.atomic]
    places = with_related({place: each for place, each in fresh.items() if place in patient}, students, wholes)
    deferred = students | {fresh[place].student_id for place in places}
    return dict.fromkeys(places, Later({pair: each for pair, each in late.items() if pair[0] in deferred}))


def _seen_again(answer: Answer, stored: Recorded) -> Outcome:
    """The first result of an event id that is used again.

    It is no duplicate if this very call wrote it before its connection broke.
    """
    if not same_content(answer, stored.answer):
        return conflict(answer)
    return stored._replace(duplicate=_moment(stored.answer) != _moment(answer))


def _moment(answer: Answer) -> tuple[datetime, int | None]:
    """When an answer was received, and at which position: this distinguishes two receptions of one event id."""
    return answer.recorded_at, answer.sequence

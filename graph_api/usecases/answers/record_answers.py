"""Record answers: a batch of submissions from many clients, in one transaction (group commit).

Each answer gets its own outcome; one that cannot be recorded never affects another, unless they were sent as one
atomic submission. Safe to run again: an event id is recorded once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import structlog

from graph_api.domain.answers.answers import Answer, AnswerInput, Recorded, content_of, not_in_future
from graph_api.domain.failures import Failure, ParameterSetNotFound, StudentErased
from graph_api.domain.learners.mastery import Change, Evidence, Mastery, fold
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.targets import Target
from graph_api.store import answers as answer_store
from graph_api.store import erasures, masteries, parameter_sets, sessions, students
from graph_api.store.answers import Pair, unique_key
from graph_api.store.concepts import read_course_version
from graph_api.store.gateway import ATTEMPTS, ConstraintViolated, DatabaseUnavailable, Gateway, Transaction
from graph_api.store.tags import read_concept_tags, read_set_ids, read_skill_tags
from graph_api.usecases.answers.answer_batch import Batch, Course, Outcome, Submission, conflict, same_content
from graph_api.usecases.learners.fold_topics import fold_samplings, fold_topics
from graph_api.usecases.learners.replay_levels import replay_students

log = structlog.get_logger(__name__)


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
    )


class RecordAnswers:
    """The use case. It caches parameter sets, which are immutable."""

    def __init__(self, gateway: Gateway, topic_set: TopicParameterSet) -> None:
        self._gateway = gateway
        self._topic_set = topic_set
        self._sets: dict[str, ParameterSet] = {}
        self._course_version: str | None = None

    async def __call__(self, submissions: Sequence[Submission]) -> list[list[Outcome]]:
        """Record submissions; one outcome per answer, by submission, in order.

        Answers are created without reading their ids first. Ids are read only if the database reports that one exists,
        because that is rare and reading is slow.

        Raises:
            DatabaseUnavailable: whether the answers were written is not known; run again.
        """
        batch, attempts = Batch(submissions), 1
        version = self._course_version
        while True:
            try:
                outcomes = await self._gateway.write(lambda tx: self._record(tx, batch), attempts)
            except StudentErased as failure:
                batch.settled |= _of_erased(dict(batch.open()), failure.erased)
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
                await self._follow_course(batch, version)
                return outcomes

    async def _follow_course(self, batch: Batch, version: str | None) -> None:
        """Replay the pairs of a batch whose set changed after the batch read it and before its levels were stored.

        A change of a set replays the levels that are stored at that time, so these would be missed. `version` is a
        course version from before the batch. If it is still current, no set has changed.
        """
        try:
            now_version = await self._gateway.read(read_course_version)
            if now_version != version:
                fresh = list(batch.fresh.values())
                pairs = {(answer.student_id, target) for answer in fresh for target in answer.targets}
                for target, student_ids in (await self._gateway.read(lambda tx: _read_stale(tx, pairs))).items():
                    await replay_students(self._gateway, target, student_ids, lambda: _latest(fresh))
            self._course_version = now_version
        except DatabaseUnavailable:
            log.warning("levels may be under a set that was replaced meanwhile: run graph-api doctor")

    async def _record(self, tx: Transaction, batch: Batch) -> list[list[Outcome]]:
        course = await _read_course(tx, [answer for _, answer in batch.open()])
        failures = batch.sort_out(course)
        if failures and (known := await _find_settled(tx, batch, failures)):
            batch.settled |= known
            failures = batch.sort_out(course)
        recorded: dict[int, Recorded] = {}
        if batch.fresh:
            await students.touch(tx, {a.student_id for a in batch.fresh.values()}, _latest(batch.fresh.values()))
            recorded = await self._fold_and_write(tx, batch.fresh, course)
        return batch.outcomes(failures, recorded)

    async def _fold_and_write(
        self, tx: Transaction, fresh: Mapping[int, Answer], course: Course
    ) -> dict[int, Recorded]:
        evidence: dict[Pair, list[Evidence]] = defaultdict(list)
        for answer in fresh.values():
            for target in answer.targets:
                evidence[answer.student_id, target].append(answer.evidence)
        states = await masteries.read_states(tx, evidence)
        used = await self._parameter_sets(tx, {pair: course.parameter_set_id(pair[1]) for pair in evidence})
        replayed = [pair for pair in evidence if _needs_replay(states.get(pair), evidence[pair], used[pair])]
        history = await answer_store.read_evidence(tx, replayed) if replayed else {}

        changes: dict[tuple[Pair, str], Change] = {}
        for pair, new in evidence.items():
            start = None if pair in history else states.get(pair)
            ordered = sorted([*history.get(pair, ()), *new])
            for item, (change, mastery) in zip(ordered, fold(start, ordered, *pair, used[pair]), strict=True):
                changes[pair, item.answer_id] = change
                states[pair] = mastery

        recorded = {
            place: Recorded(answer, [changes[(answer.student_id, t), answer.id] for t in answer.targets])
            for place, answer in fresh.items()
        }
        await answer_store.create(tx, list(recorded.values()), course.tags)
        await masteries.put(tx, states.values(), _latest(fresh.values()))
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


async def _read_course(tx: Transaction, answers: Sequence[Answer]) -> Course:
    concept_ids = {key for answer in answers for key in (*answer.concept_ids, *answer.mentioned, *answer.missed)}
    concepts = await read_concept_tags(tx, concept_ids) if concept_ids else {}
    skills = {code: tags for concept in concepts.values() for code, tags in concept.skills.items()}
    if codes := {code for answer in answers for code in answer.skill_codes} - skills.keys():
        skills |= await read_skill_tags(tx, codes)
    session_ids = [a.session_id for a in answers if a.session_id is not None]
    stored_sessions = await sessions.read_by_ids(tx, session_ids) if session_ids else []
    return Course(
        concepts=concepts,
        skills=skills,
        sessions={session.id: session for session in stored_sessions},
    )


async def _read_stale(tx: Transaction, pairs: Collection[Pair]) -> dict[Target, list[str]]:
    """The students, by target, whose level is not under the set in effect; of some pairs."""
    states = await masteries.read_states(tx, pairs)
    set_ids = await read_set_ids(tx, {target for _, target in states})
    stale: dict[Target, list[str]] = defaultdict(list)
    for (student_id, target), state in sorted(states.items()):
        if state.parameter_set_id != set_ids.get(target, state.parameter_set_id):
            stale[target].append(student_id)
    return stale


def _needs_replay(state: Mastery | None, new: Iterable[Evidence], used: ParameterSet) -> bool:
    """Whether the state must be replayed: an answer is late (B6), or another set is in effect."""
    return state is not None and (state.parameter_set_id != used.id or not state.precedes(min(new)))


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


def _latest(answers: Iterable[Answer]) -> datetime:
    return max(answer.recorded_at for answer in answers)

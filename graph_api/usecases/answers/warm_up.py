"""Warming up: record answers that are rolled back, so that the first real one does not wait for what is done once.

A database compiles what it runs often, plans each statement at its first run, and reads its indexes; Python imports and
specialises. All ids are random, so that two services that start on one database do not meet.
"""

import time
import uuid

import structlog

from graph_api.domain.answers.answers import Answer
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.store import answers as answer_store
from graph_api.store import concepts, masteries, skills
from graph_api.store.gateway import Gateway
from graph_api.store.rehearsal import rehearse
from graph_api.usecases.answers.answer_batch import Submission
from graph_api.usecases.answers.intake import Clock
from graph_api.usecases.answers.record_answers import RecordAnswers

log = structlog.get_logger(__name__)

AT_ONCE = 10
"""Answers in one rehearsal: the first one of a student, and others."""


async def warm_up(gateway: Gateway, topic_set: TopicParameterSet, clock: Clock, seconds: float) -> int:
    """Record answers and read them for some seconds, without a trace; returns how many. Errors only end it."""
    until, recorded = time.monotonic() + seconds, 0

    async def work(rehearsal: Gateway) -> None:
        nonlocal recorded
        key, now = f"warm-up-{uuid.uuid4().hex}", clock()
        await rehearsal.write(lambda tx: skills.put(tx, [Skill(key, "Warm-up", "warm-up")], now))
        await rehearsal.write(lambda tx: concepts.put(tx, [Concept(key, "Warm-up", [key])], now))
        record = RecordAnswers(rehearsal, topic_set)
        for n in range(AT_ONCE):
            moment = clock()
            answer = Answer(
                key, n % 2 == 0, [key], id=f"{key}{n}", at=moment, recorded_at=moment, sequence=0, digest=""
            )
            await record([Submission([answer])])
            recorded += 1
            if time.monotonic() > until:
                return
        await rehearsal.read(lambda tx: masteries.read_of_students(tx, [key]))
        await rehearsal.read(lambda tx: concepts.read_by_ids(tx, [key]))
        await rehearsal.read(lambda tx: answer_store.read_by_ids(tx, [(key, f"{key}0")]))

    try:
        while time.monotonic() < until:
            await rehearse(gateway, work)
    except Exception as error:  # noqa: BLE001 - the service works without, only more slowly at first
        log.warning("the first answers may be slow: warming up failed", reason=str(error).partition("\n")[0])
    return recorded

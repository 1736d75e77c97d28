"""Answers and their outcomes as JSON between the processes of one service, to the digit.

Both ends are of one version, so values travel by position: those of an answer in the order of its fields. Nothing that
is received can run code, as pickle would let it.

>>> from datetime import UTC
>>> moment = datetime(2026, 1, 31, tzinfo=UTC)
>>> sent = Answer("anna", True, ("Keys",), id="e", at=moment, recorded_at=moment, sequence=0, digest="d")
>>> answer_from(orjson.loads(orjson.dumps(plain_answer(sent)))) == sent
True
"""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson

from graph_api.domain import failures
from graph_api.domain.answers.answers import LISTS, Answer, Difficulty, Recorded, Tag
from graph_api.domain.failures import CurrentRevision, Failure
from graph_api.domain.learners.mastery import Change
from graph_api.domain.targets import Target, TargetKind
from graph_api.usecases.answers.answer_batch import Outcome

NAMES = tuple(field.name for field in fields(Answer))
PLACES = {name: place for place, name in enumerate(NAMES)}
AT, RECORDED_AT, DIFFICULTY, FROZEN = (PLACES[name] for name in ("at", "recorded_at", "difficulty", "frozen"))
LIST_PLACES = tuple(PLACES[name] for name in NAMES if name in LISTS)
KINDS = {kind.value: kind for kind in TargetKind}
CONFLICTS = "conflicts"
"""The only field of failures that holds neither texts nor a number."""

_values = attrgetter(*NAMES)


def _with_subclasses(kind: type[Failure]) -> Iterator[type[Failure]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _with_subclasses(each)


FAILURES = {each.__name__: each for each in _with_subclasses(Failure) if each.__module__ == failures.__name__}
"""The failures of the domain by name. Others arrive as the class of the domain that they specialise."""
FAILURE_FIELDS = {name: tuple(field.name for field in fields(kind)) for name, kind in FAILURES.items()}


def plain_answer(answer: Answer) -> tuple[Any, ...]:
    """The values of an answer, which orjson takes."""
    values: tuple[Any, ...] = _values(answer)
    if answer.frozen is None:
        return values
    frozen = {code: tuple(tag) for code, tag in answer.frozen.items()}
    return (*values[:FROZEN], frozen, *values[FROZEN + 1 :])


def answer_from(plain: list[Any]) -> Answer:
    """The answer of some values."""
    plain[AT] = datetime.fromisoformat(plain[AT])
    plain[RECORDED_AT] = datetime.fromisoformat(plain[RECORDED_AT])
    for place in LIST_PLACES:
        plain[place] = tuple(plain[place])
    if plain[DIFFICULTY] is not None:
        plain[DIFFICULTY] = Difficulty(plain[DIFFICULTY])
    if plain[FROZEN] is not None:
        plain[FROZEN] = {code: Tag(*tag) for code, tag in plain[FROZEN].items()}
    return Answer(**dict(zip(NAMES, plain, strict=True)))


def plain_outcome(outcome: Outcome) -> tuple[Any, ...]:
    """The values of an outcome: of a recorded answer, or of a failure, which begin with its name."""
    if isinstance(outcome, Failure):
        return plain_failure(outcome)
    changes = [(target.kind, target.key, *rest) for target, *rest in outcome.changes]
    return (None, plain_answer(outcome.answer), changes, outcome.duplicate)


def outcome_from(plain: list[Any]) -> Outcome:
    """The outcome of some values."""
    if plain[0] is not None:
        return failure_from(plain)
    _, answer, changes, duplicate = plain
    return Recorded(
        answer_from(answer),
        [Change(Target(KINDS[kind], key), *rest) for kind, key, *rest in changes],
        duplicate,
    )


def plain_failure(failure: Failure) -> tuple[Any, ...]:
    """The name of a failure and the values of its fields."""
    name = next(each.__name__ for each in type(failure).__mro__ if FAILURES.get(each.__name__) is each)
    values = {field: getattr(failure, field) for field in FAILURE_FIELDS[name]}
    if CONFLICTS in values:
        values[CONFLICTS] = [tuple(each) for each in values[CONFLICTS]]
    return (name, *(value if isinstance(value, str | float) else list(value) for value in values.values()))


def failure_from(plain: list[Any]) -> Failure:
    """The failure of some values."""
    name, *rest = plain
    values = dict(zip(FAILURE_FIELDS[name], rest, strict=True))
    if CONFLICTS in values:
        values[CONFLICTS] = [CurrentRevision(*each) for each in values[CONFLICTS]]
    return FAILURES[name](**values)


def encode(*values: object) -> bytes:
    """One message.

    Raises:
        TypeError: a value cannot be a JSON value, such as a text with half of a surrogate pair.
    """
    return orjson.dumps(values)


def decode(message: bytes) -> Any:  # noqa: ANN401 - the caller knows the message
    """The values of a message."""
    return orjson.loads(message)

"""Compare what a row of a file states with the answer that is recorded under its id."""

from collections.abc import Collection
from dataclasses import replace

from graph_api.domain.answers.answers import Answer, AnswerInput
from graph_api.domain.failures import shown
from graph_api.usecases.answers.answer_columns import COLUMNS


def differences(sent: AnswerInput, stored: Answer, stated: Collection[str]) -> list[str]:
    """How a row differs from the recorded answer: one phrase for each field. Empty: the content is the same.

    Only what the file states counts. A time that was derived (`sent.at` is None) is not stated. Skills are compared
    with the frozen tags, unless the digest shows that the same was sent.
    """
    if stored.student_id == sent.student_id and stored.digest in _digests(sent, stored):
        return []
    changes = [
        _phrase(name, getattr(sent, column.attribute), getattr(stored, column.attribute))
        for name, column in COLUMNS.items()
        if column.is_compared
        and name in stated
        and _plain(getattr(sent, column.attribute)) != _plain(getattr(stored, column.attribute))
    ]
    if sent.at is not None and sent.at != stored.at:
        changes.append(_phrase("time", sent.at.isoformat(), stored.at.isoformat()))
    skills = set(sent.skill_codes), set(stored.skill_codes)
    explained = (
        sent.concept_ids and sent.frozen is None and skills[0] <= skills[1]
    )  # the rest are skills of the concepts
    if "skill" in stated and skills[0] != skills[1] and not (changes and explained):
        changes.append(_phrase("skill", sent.skill_codes, stored.skill_codes))
    return changes


def _digests(sent: AnswerInput, stored: Answer) -> set[str]:
    """Digests of the same content: earlier versions included derived times. An exported row only repeats a digest."""
    if sent.frozen is not None:
        return set()
    return {sent.digest} if sent.at is not None else {sent.digest, replace(sent, at=stored.at).digest}


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _phrase(name: str, sent: object, stored: object) -> str:
    return f"{name.replace('_', ' ')} is {_text(sent)}, recorded as {_text(stored)}"


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return shown(", ".join(map(str, value)) or "none")
    return "none" if value is None else shown(str(value).lower() if isinstance(value, bool) else str(value))

"""Replay the pairs whose parameter set was replaced after a batch read it and before the batch was committed.

A change of a set replays the levels that are stored at that time, so these would be missed. Every change of a set
replaces the mark of the course: if the mark is read after the commit and is the one that the batch read, no set has
changed. The next batch reads it anyway, so that a busy service needs no statement for this.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.answers.answers import Answer
from graph_api.store.concepts import read_course_version
from graph_api.store.gateway import DatabaseUnavailable, Gateway
from graph_api.usecases.learners.replay_levels import follow_sets


class Written(NamedTuple):
    """Answers that are recorded, and the mark of the course whose sets they were folded with."""

    mark: str
    answers: Sequence[Answer]


class ReplacedSets:
    """Batches that are written, and not known to have been folded with the sets in effect."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._open: list[Written] = []

    def add(self, written: Written) -> None:
        """Check a batch, later, that was committed."""
        self._open.append(written)

    def so_far(self) -> Sequence[Written]:
        """The batches to check, of which a transaction that begins now sees whether the mark was replaced."""
        return tuple(self._open)

    async def check(self, batches: Sequence[Written], mark: str) -> None:
        """Check batches with a mark that was read in a transaction which began after they were committed."""
        if answers := [answer for each in batches if each.mark != mark for answer in each.answers]:
            pairs = {(answer.student_id, target) for answer in answers for target in answer.targets}
            await follow_sets(self._gateway, pairs, lambda: latest(answers))
        self._open = [each for each in self._open if not any(each is other for other in batches)]

    async def check_all(self) -> None:
        """Check all batches now."""
        if batches := self.so_far():
            try:
                mark = await self._gateway.read(read_course_version)
            except DatabaseUnavailable:
                mark = ""  # replay, or log that it cannot be done
            await self.check(batches, mark)


def latest(answers: Iterable[Answer]) -> datetime:
    """When the last of some answers was recorded."""
    return max(answer.recorded_at for answer in answers)

"""Shards of students, and which of them a file of counted histories holds."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, Self

from graph_api.domain.failures import InvalidInput


class Shard(NamedTuple):
    """One of `total` disjoint parts of the students, chosen by a hash of the student's id; `number` is from 1.

    >>> Shard.parse("2/8")
    Shard(number=2, total=8)
    >>> Shard.parse("9/8")
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: shard: must be NUMBER/TOTAL, as in 2/8, got '9/8'
    """

    number: int
    total: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """A shard as it is written."""
        number, _, total = text.partition("/")
        if not (number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total)):
            raise InvalidInput("shard", "must be NUMBER/TOTAL, as in 2/8", text)
        return cls(int(number), int(total))

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"


class Sharding(NamedTuple):
    """The shards in a file of counted histories, and what they were counted from.

    Attributes:
        shards: in order; empty for all students.
        source: the columns and the number of rows of the files of answers; the same for all shards.
    """

    shards: Sequence[Shard] = ()
    source: str = ""


def merge_shardings(shardings: Sequence[Sharding], *, complete: bool) -> Sharding:
    """What a file holds that is merged of some files. All shards together are all students, as in a file without.

    Args:
        shardings: of the files.
        complete: whether every shard is needed.

    Raises:
        InvalidInput: a shard is given twice or missing, or the shards are of different divisions or sources.

    >>> merge_shardings([Sharding([Shard(2, 2)], "a"), Sharding([Shard(1, 2)], "a")], complete=True)
    Sharding(shards=(), source='')
    >>> merge_shardings([Sharding([Shard(1, 3), Shard(3, 3)], "a")], complete=True)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: shards: must be complete; one is missing, got '2/3'
    """
    shards = sorted(shard for each in shardings for shard in each.shards)
    if not shards:
        return Sharding()
    if twice := [shard for shard, after in pairwise(shards) if shard == after]:
        raise InvalidInput("shards", "must differ", str(twice[0]))
    total = shards[0].total
    if any(shard.total != total for shard in shards):
        raise InvalidInput("shards", "must be of one division of the students", ", ".join(map(str, shards)))
    if not all(each.shards for each in shardings):
        rule = "must not be mixed with files of all students"
        raise InvalidInput("shards", rule, str(shards[0]))
    sources = sorted({each.source for each in shardings})
    if len(sources) > 1:
        raise InvalidInput("shards", "must be of the same files and columns", " and ".join(sources))
    missing = sorted({*range(1, total + 1)} - {shard.number for shard in shards})
    if complete and missing:
        raise InvalidInput("shards", "must be complete; one is missing", f"{missing[0]}/{total}")
    return Sharding(shards, sources[0]) if missing else Sharding()

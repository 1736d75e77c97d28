"""The figures of the benchmark of reads as text, with each target as met or MISSED."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.reading.load import Load
from benchmarks.reading.questions import Question

REFERENCE = "yoga"
NEO4J_PEERS = ("gqlgen", "neo4j-graphql")


@dataclass
class Row:
    """What was measured of one server on one question."""

    size: int
    statements: int | None
    rounds: list[Load] = field(default_factory=list)

    def median(self, figure: Callable[[Load], float]) -> float:
        """The median of a figure over rounds."""
        return statistics.median(map(figure, self.rounds))

    @property
    def server_ms(self) -> float:
        """CPU time of the server per request."""
        return self.median(lambda load: load.cpu_ms["server"])

    @property
    def engine_ms(self) -> float:
        """CPU time of the database per request."""
        return self.median(lambda load: load.cpu_ms["engine"])

    def ratio_to(self, other: "Row") -> float:
        """Requests per second as a multiple of another server's: the median over rounds."""
        return statistics.median(
            one.rate / reference.rate for one, reference in zip(self.rounds, other.rounds, strict=True)
        )


Rows = Mapping[str, Row]
"""The servers of one question by name."""


def question_lines(question: Question, rows: Rows) -> Iterator[str]:
    """A table of one question.

    >>> load = Load(100, 1.0, 10.0, 20.0, {"server": 2.0, "engine": 1.0})
    >>> rows = {"ours": Row(10, 2, [load]), "yoga": Row(10, 9, [load])}
    >>> for line in question_lines(Question("c", "a class", "{}"), rows):
    ...     print(line)
    c: a class
      server              per second  to yoga  server ms  engine ms   p50 ms   p99 ms  statements      bytes
      ours                       100     1.00      2.000      1.000     10.0     20.0           2         10
      yoga                       100     1.00      2.000      1.000     10.0     20.0           9         10
    """
    yield f"{question.name}: {question.about}"
    yield (
        f"  {'server':<18} {'per second':>11}  {'to yoga':>7}  {'server ms':>9}  {'engine ms':>9}  "
        f"{'p50 ms':>7}  {'p99 ms':>7}  {'statements':>10}  {'bytes':>9}"
    )
    reference = rows.get(REFERENCE)
    for name, row in rows.items():
        ratio = f"{row.ratio_to(reference):.2f}" if reference else "-"
        statements = "-" if row.statements is None else str(row.statements)
        yield (
            f"  {name:<18} {row.median(lambda load: load.rate):>11,.0f}  {ratio:>7}  {row.server_ms:>9.3f}  "
            f"{row.engine_ms:>9.3f}  {row.median(lambda load: load.p50_ms):>7.1f}  "
            f"{row.median(lambda load: load.p99_ms):>7.1f}  {statements:>10}  {row.size:>9,}"
        )


def target_lines(
    questions: Sequence[Question], figures: Mapping[str, Rows], ours: str, cached: str, peers: Sequence[str]
) -> Iterator[str]:
    """Each target with its figure; `peers` are those that `ahead` is about."""
    for question in questions:
        rows = figures[question.name]
        own, reference = rows[ours], rows.get(REFERENCE)
        if question.ratio is not None and reference:
            yield _line(f"{question.name} to yoga", own.ratio_to(reference), question.ratio)
        if question.cached_ratio is not None and reference and cached in rows:
            yield _line(f"{question.name} cached to yoga", rows[cached].ratio_to(reference), question.cached_ratio)
        if question.server_ms is not None:
            yield _line(f"{question.name} server CPU ms", own.server_ms, question.server_ms, most=True)
        if question.ahead is not None:
            for peer in peers:
                if peer in rows:
                    yield _line(f"{question.name} to {peer}", own.ratio_to(rows[peer]), question.ahead)


def _line(what: str, figure: float, target: float, *, most: bool = False) -> str:
    """One target.

    >>> _line("c to yoga", 1.5, 2)
    'c to yoga                   1.50  target >=  2.00  MISSED'
    """
    met = figure <= target if most else figure >= target
    sign = "<=" if most else ">="
    return f"{what:<24} {figure:>7.2f}  target {sign} {target:>5.2f}  {'met' if met else 'MISSED'}"

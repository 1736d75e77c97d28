"""What a prediction reads of a student: the practice from history pages, and from the answers behind each level.

    python -m benchmarks.practice [--answers 1000 10000] [--repeats 9]

Starts an embedded engine on a temporary folder. The answers are to fifty concepts in turn, a minute apart. Both ways
must count the same. CPU is of this process and of the engine; medians.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from benchmarks.answers import connect, database, prepare
from benchmarks.reading.processes import cpu_seconds_of, family
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.next_answer import practice_of_student
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.domain.targets import TargetKind
from graph_api.store import masteries
from graph_api.store.answers import read_evidence
from graph_api.store.gateway import Transaction
from graph_api.store.past_answers import read_practice
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers

CONCEPTS, PACK, WARM_UP = 50, 500, 3


async def fill(intake: AnswerIntake, student: str, count: int) -> None:
    """Record the history of a student."""
    start = datetime.now(UTC) - timedelta(days=30)
    for first in range(0, count, PACK):
        await intake.submit(
            [
                AnswerInput(
                    student,
                    correct=number % 3 > 0,
                    concept_ids=[f"c{number * 7 % CONCEPTS}"],
                    at=start + timedelta(minutes=number),
                )
                for number in range(first, min(first + PACK, count))
            ]
        )


async def from_levels(tx: Transaction, student: str) -> PracticeState:
    """The practice folded from the answers behind each level."""
    levels = (await masteries.read_of_students(tx, [student]))[student]
    pairs = [(student, each.target) for each in levels if each.target.kind is TargetKind.CONCEPT]
    evidence = await read_evidence(tx, pairs)
    return practice_of_student((target.key, each) for (_, target), of_one in evidence.items() for each in of_one)


async def from_pages(tx: Transaction, student: str) -> PracticeState:
    """The practice from history pages."""
    return (await read_practice(tx, [student], TargetKind.CONCEPT))[student]


async def measure(name: str, read: Callable[[], Awaitable[PracticeState]], repeats: int) -> PracticeState:
    """Print a line of milliseconds; returns the practice."""
    engine = set(family(os.getpid())) - {os.getpid()}
    spent: list[tuple[float, float, float]] = []
    state = await read()
    for _ in range(WARM_UP + repeats):
        before = time.perf_counter(), time.process_time(), cpu_seconds_of(engine)
        state = await read()
        after = time.perf_counter(), time.process_time(), cpu_seconds_of(engine)
        spent.append((after[0] - before[0], after[1] - before[1], after[2] - before[2]))
    wall, own, theirs = (1e3 * statistics.median(column) for column in zip(*spent[WARM_UP:], strict=True))
    print(f"  {name:12} {wall:6.0f} ms, CPU {own:5.0f} ms service + {theirs:4.0f} ms engine", flush=True)
    return state


async def main(counts: list[int], repeats: int) -> None:
    """Fill, measure, compare."""
    async with database() as settings:
        await prepare(settings)
        async with connect(settings) as gateway, AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
            for count in counts:
                student = f"s{count}"
                await fill(intake, student, count)
                print(f"{count:,} answers")
                levels = await measure(
                    "from levels", partial(gateway.read, partial(from_levels, student=student)), repeats
                )
                pages = await measure(
                    "from pages", partial(gateway.read_one, partial(from_pages, student=student)), repeats
                )
                equal = pages.values("c0") == levels.values("c0")
                print(f"  {'equal' if equal else 'DIFFERENT'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, nargs="+", default=[100, 1_000, 10_000], help="of each student")
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.answers, arguments.repeats))

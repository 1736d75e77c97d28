"""Recency: the arithmetic beside a plain loop, and whole recomputations through the graph.

    python benchmarks/recency.py [--answers 1000000]

The loop goes through the answers of each student and skill, window by window, as one would write it first; both get the
answers as the database gives them, pair by pair. Through the graph: one student with 100 skills and 1,000 answers, and
the whole demo class, on an embedded engine of its own.
"""

import argparse
import asyncio
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from graph_api.app.metrics import Metrics
from graph_api.app.running import running
from graph_api.config import Settings
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Skill
from graph_api.domain.learners.recency import MICROSECONDS_A_DAY, score
from graph_api.domain.parameters.recency_parameters import DEFAULT_SET, RecencyParameters
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.edit_course import upsert_skills
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency
from graph_api.usecases.operations.load_demo import load_demo

PARAMETERS = RecencyParameters()
request = partial(RecomputeRequest, parameter_set_id=DEFAULT_SET.id)
STUDENTS, SKILLS = 10_000, 20


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def plain_loop(pair: list[int], age: list[int], correct: list[bool]) -> dict[int, float]:
    """Scores, one theme after the other."""
    answers = defaultdict(list)
    for which, how_old, right in zip(pair, age, correct, strict=True):
        answers[which].append((how_old, right))
    scores = {}
    for which, of_pair in answers.items():
        within = [each for each in of_pair if each[0] <= PARAMETERS.lookback_days * MICROSECONDS_A_DAY]
        total = 0.0
        for days, weight in PARAMETERS.buckets:
            inside = [right for how_old, right in within if how_old <= days * MICROSECONDS_A_DAY]
            if inside:
                total += sum(inside) / len(inside) * weight
        scores[which] = total if len(within) >= PARAMETERS.min_attempts else 0.0
    return scores


def best(repeats: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of some."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def arithmetic(answers: int) -> None:
    """The pure step."""
    rng = np.random.default_rng(1)
    pairs = STUDENTS * SKILLS
    pair = np.sort(rng.integers(0, pairs, answers))
    age = rng.integers(0, 120 * MICROSECONDS_A_DAY, answers)
    correct = rng.random(answers) < 0.6  # noqa: PLR2004 - mostly right
    difficulty = rng.integers(-1, 3, answers)
    ours = best(5, lambda: score(pair, age, correct, difficulty, pairs, PARAMETERS))
    columns = pair.tolist(), age.tolist(), correct.tolist()
    theirs = best(2, lambda: plain_loop(*columns))
    computed, expected = score(pair, age, correct, difficulty, pairs, PARAMETERS).score, plain_loop(*columns)
    difference = max(abs(computed[which] - value) for which, value in expected.items())
    print(f"{answers:,} answers of {STUDENTS:,} students and {SKILLS} skills: {ours:.3f} s; plain loop {theirs:.3f} s")
    print(f"  {theirs / ours:.0f}x, largest difference {difference:.1e}")


async def through_the_graph(gateway: Gateway, what: str, request: RecomputeRequest, repeats: int = 7) -> None:
    """Whole recomputations, run record included."""
    seconds: list[float] = []
    output: dict[str, int] = {}
    for _ in range(repeats):
        run = request.run(uuid.uuid4().hex, "benchmark", now())
        start = time.perf_counter()
        output = await recompute_recency(gateway, request, run, now)
        seconds.append(time.perf_counter() - start)
    print(
        f"{what}: {output['students']} students, {output['written']} scores: "
        f"best {min(seconds) * 1e3:.0f} ms, median {sorted(seconds)[repeats // 2] * 1e3:.0f} ms"
    )


async def graph() -> None:
    """One student with 100 skills and 1,000 answers; then the demo class."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), log_level="error")
        async with running(settings, Metrics("", "embedded")) as behind:
            await upsert_skills(behind.gateway, [Skill(f"k{n}", f"Skill {n}", "c") for n in range(100)], now())
            sent = [
                AnswerInput("anna", correct=n % 3 > 0, skill_codes=[f"k{n % 100}"], at=now() - timedelta(hours=n))
                for n in range(1_000)
            ]
            await behind.intake.submit(sent)
            await through_the_graph(
                behind.gateway,
                "1,000 answers",
                request(student_id="anna"),
                repeats=15,
            )
            await load_demo(behind.gateway, behind.intake, now(), lambda _done, _total: None)
            await through_the_graph(behind.gateway, "the demo class", request(group_id="demo"))


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=1_000_000)
    given = parser.parse_args()
    arithmetic(given.answers)
    asyncio.run(graph())


if __name__ == "__main__":
    main()

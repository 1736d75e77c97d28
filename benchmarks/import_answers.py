"""Import of answers: answers a second, and memory as the file goes by.

    python benchmarks/import_answers.py [--rows 500000] [--data FOLDER]

Writes a file of simulated answers in the columns of ASSISTments and imports it on an embedded engine of its own, then
does the same with the real file in FOLDER/responses if it exists. The reference is the naive loop on the same engine:
the same use case, one answer a transaction. Memory is this process's resident set; the engine is another process.
"""

import argparse
import asyncio
import csv
import random
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from graph_api.app.metrics import Metrics
from graph_api.app.running import running
from graph_api.config import Settings
from graph_api.domain.failures import Failure
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_batch import Submission
from graph_api.usecases.answers.answer_files import LAYOUTS, read_answers
from graph_api.usecases.answers.import_answers import ImportAnswers, ImportReport
from graph_api.usecases.answers.record_answers import RecordAnswers, received

NAIVE = 1_000


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def resident_mb() -> float:
    """Resident memory of this process, MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def simulated(path: Path, rows: int) -> None:
    """Ninety answers a student about a hundred and fifty skills, students one after the other."""
    rng = random.Random(1)  # noqa: S311 - load, not secrets
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "skill_name", "correct", "item_id"])
        for row in range(rows):
            writer.writerow([row // 90, rng.randrange(150), int(rng.random() < 0.6), rng.randrange(10_000)])  # noqa: PLR2004


async def measure(gateway: Gateway, path: Path) -> float:
    """Import a file, print the figures, return answers a second."""
    memory: list[float] = []

    def note(report: ImportReport, _bytes: int) -> None:
        if report.rows % 50_000 == 0:
            memory.append(resident_mb())

    rows = read_answers(path, LAYOUTS["assistments"], path.name)
    started = time.perf_counter()
    report = await ImportAnswers(gateway, now, DEFAULT_SET, create_skills=True)(rows, note)
    rate = report.recorded / (time.perf_counter() - started)
    print(f"{path.name}: {report.recorded:,} answers, {rate:,.0f} answers/s")
    print(f"  resident MB every 50,000: {', '.join(f'{each:.0f}' for each in memory)}")
    return rate


async def naive(gateway: Gateway, path: Path) -> float:
    """One answer a transaction, from a file that was imported already, under other ids."""
    record, done, started = RecordAnswers(gateway, DEFAULT_SET), 0, time.perf_counter()
    for row in islice(read_answers(path, LAYOUTS["assistments"], "naive"), NAIVE):
        if not isinstance(row.answer, Failure):
            await record([Submission([received(row.answer, "", now(), row.line)])])
            done += 1
    return done / (time.perf_counter() - started)


async def main(rows: int, data: Path) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder) / "data")
        async with running(settings, Metrics("", "embedded")) as behind:
            path = Path(folder) / "simulated.csv"
            simulated(path, rows)
            rates = [await measure(behind.gateway, path)]
            real = data / "responses" / "assistments09.csv.gz"
            if real.exists():
                rates.append(await measure(behind.gateway, real))
            else:
                print(f"{real.name} is not in {data}: left out")
            reference = await naive(behind.gateway, path)
    print(f"naive loop, one transaction an answer: {reference:,.0f} answers/s")
    print(f"ratio to the naive loop: {', '.join(f'{rate / reference:.0f}' for rate in rates)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.rows, arguments.data))

"""Import of answers: answers a second, and memory as the file goes by.

    python benchmarks/import_answers.py [--rows 500000] [--data FOLDER] [--form csv gzip zstd zip jsonl parquet]
    python benchmarks/import_answers.py --rows 10000000 --form parquet --read

Writes a file of simulated answers in the columns of ASSISTments, in each form, and imports it on an embedded engine of
its own, then does the same with the real file in FOLDER/responses if it exists. With --read the files are read and not
recorded, so that ten million rows take minutes. The reference is the naive loop on the same engine:
the same use case, one answer a transaction. Memory is this process's resident set; the engine is another process.
"""

import argparse
import asyncio
import contextlib
import csv
import gzip
import importlib
import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, cast

from graph_api.app.metrics import Metrics
from graph_api.app.running import running
from graph_api.config import Settings
from graph_api.domain.failures import Failure
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_batch import Submission
from graph_api.usecases.answers.answer_files import layouts, read_answers
from graph_api.usecases.answers.file_report import FileReport
from graph_api.usecases.answers.import_answers import ImportAnswers, ImportReport
from graph_api.usecases.answers.record_answers import RecordAnswers, received

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NAIVE = 1_000
ROW_GROUP = 100_000
COLUMNS = ["user_id", "skill_name", "correct", "item_id"]
FORMS = {
    "csv": ".csv", "gzip": ".csv.gz", "zstd": ".csv.zst", "zip": ".csv.zip", "jsonl": ".jsonl", "parquet": ".parquet",
}  # fmt: skip
"""Forms of files, and how their names end."""


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def resident_mb() -> float:
    """Resident memory of this process, MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def answers(rows: int) -> Iterator[tuple[int, int, int, int]]:
    """Ninety answers of each student about a hundred and fifty skills, students one after the other."""
    rng = random.Random(1)  # noqa: S311 - load, not secrets
    for row in range(rows):
        yield row // 90, rng.randrange(150), int(rng.random() < 0.6), rng.randrange(10_000)  # noqa: PLR2004


def simulated(path: Path, rows: int) -> None:
    """A file of answers in the form that its name ends with."""
    if path.suffix == ".parquet":
        write_parquet(path, rows)
        return
    with opened(path) as file:
        if ".jsonl" in path.suffixes:
            for row in answers(rows):
                file.write(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n")
        else:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(answers(rows))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """A file to write text to, compressed as its name ends."""
    with contextlib.ExitStack() as stack:
        if path.suffix == ".zip":
            archive = stack.enter_context(zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED))
            member = stack.enter_context(archive.open(path.stem, "w", force_zip64=True))
            yield stack.enter_context(io.TextIOWrapper(member, newline=""))
        elif path.suffix == ".zst":
            yield stack.enter_context(cast("IO[str]", zstd.open(path, "wt", newline="")))
        elif path.suffix == ".gz":
            yield stack.enter_context(gzip.open(path, "wt", newline=""))
        else:
            yield stack.enter_context(path.open("w", newline=""))


def write_parquet(path: Path, rows: int) -> None:
    """A Parquet file, a row group at a time."""
    arrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    schema = arrow.schema([(name, arrow.int64()) for name in COLUMNS])
    source = answers(rows)
    with parquet.ParquetWriter(path, schema) as writer:
        while group := list(islice(source, ROW_GROUP)):
            writer.write_table(arrow.table([list(cells) for cells in zip(*group, strict=True)], schema=schema))


def read(path: Path) -> None:
    """Read a file without recording it, and print the figures."""
    report, started = FileReport(), time.perf_counter()
    memory: list[float] = []
    for row in report.observed(read_answers(path, layouts()["assistments"], path.name)):
        if row.line % 1_000_000 == 0:
            memory += [resident_mb()]
    rate = report.answers / (time.perf_counter() - started)
    print(f"{path.name}: {report.answers:,} answers read, {rate:,.0f} answers/s")
    print(f"  resident MB every 1,000,000: {', '.join(f'{each:.0f}' for each in memory)}")


async def measure(gateway: Gateway, path: Path) -> float:
    """Import a file, print the figures, return answers a second."""
    memory: list[float] = []

    def note(report: ImportReport, _bytes: int) -> None:
        if report.rows % 50_000 == 0:
            memory.append(resident_mb())

    rows = read_answers(path, layouts()["assistments"], path.name)
    started = time.perf_counter()
    report = await ImportAnswers(gateway, now, DEFAULT_SET, create_skills=True)(rows, note)
    rate = report.recorded / (time.perf_counter() - started)
    print(f"{path.name}: {report.recorded:,} answers, {rate:,.0f} answers/s")
    print(f"  resident MB every 50,000: {', '.join(f'{each:.0f}' for each in memory)}")
    return rate


async def naive(gateway: Gateway, path: Path) -> float:
    """One answer a transaction, from a file that was imported already, under other ids."""
    record, done, started = RecordAnswers(gateway, DEFAULT_SET), 0, time.perf_counter()
    for row in islice(read_answers(path, layouts()["assistments"], "naive"), NAIVE):
        if not isinstance(row.answer, Failure):
            await record([Submission([received(row.answer, "", now(), row.line)])])
            done += 1
    return done / (time.perf_counter() - started)


async def main(rows: int, data: Path, forms: Sequence[str], *, is_read_only: bool) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"simulated{FORMS[form]}" for form in forms]
        for path in paths:
            simulated(path, rows)
            if is_read_only:
                read(path)
        if is_read_only:
            return
        settings = Settings(_env_file=None, data_dir=Path(folder) / "data")
        async with running(settings, Metrics("", "embedded")) as behind:
            rates = [await measure(behind.gateway, path) for path in paths]
            real = data / "responses" / "assistments09.csv.gz"
            if real.exists():
                rates.append(await measure(behind.gateway, real))
            else:
                print(f"{real.name} is not in {data}: left out")
            reference = await naive(behind.gateway, paths[0])
    print(f"naive loop, one transaction an answer: {reference:,.0f} answers/s")
    print(f"ratio to the naive loop: {', '.join(f'{rate / reference:.0f}' for rate in rates)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--form", nargs="+", choices=list(FORMS), default=["csv"])
    parser.add_argument("--read", action="store_true", help="read the files without recording their answers")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.rows, arguments.data, arguments.form, is_read_only=arguments.read))

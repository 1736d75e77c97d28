"""Fits of files that do not fit into memory: time, and memory at its peak, from 10^6 answers up.

    python -m benchmarks.fit_scale [--answers 1000000,10000000,100000000] [--shards 4] [--duckdb 1GB] [--folder FOLDER]

Each size is simulated into Parquet files, in which the answers of a student lie in all files and in no order. Skills
are practised as unevenly as real ones. A process of its own fits each size, because memory is measured at its peak.
The smallest size is also counted in shards, merged, and fitted in memory: all must agree to the last digit.
With --duckdb, DuckDB counts the histories too, in this memory and on one thread; the files must be equal.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graph_api.domain.parameters.fitting.activation import LARGEST_SUM
from graph_api.domain.parameters.fitting.fit import FitOptions, fit
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.usecases.parameters.answer_rows import AnswerColumns
from graph_api.usecases.parameters.count_histories import ALL_STUDENTS, CountOptions, count_histories
from graph_api.usecases.parameters.fit_files import FileFitRequest, fit_files
from graph_api.usecases.parameters.shards import Shard

SKILLS, LENGTH, HISTORIES_OF_A_STUDENT = 149, 7, 13
FILES, ANSWERS_AT_A_TIME = 8, 1_000_000
YEAR = 365 * 86_400 * 1_000_000
SCHEMA = pa.schema(
    [("student_id", pa.string()), ("at", pa.timestamp("us", "UTC")), ("correct", pa.bool_()), ("skill", pa.string())]
)
TRUTH = tuple(
    np.random.default_rng(1).uniform(low, high, SKILLS)
    for low, high in ((0.1, 0.8), (0.02, 0.3), (0.1, 0.35), (0.05, 0.25))
)
"""Prior, learn, guess and slip of each skill."""


def simulate(answers: int, folder: Path) -> list[Path]:
    """Write files of answers; returns them."""
    paths = [folder / f"answers-{place}.parquet" for place in range(FILES)]
    writers = [pq.ParquetWriter(path, SCHEMA, compression="zstd") for path in paths]
    rng = np.random.default_rng(2)
    first_student, left = 0, answers
    while left:
        students, table = _chunk(rng, min(left, ANSWERS_AT_A_TIME), first_student)
        first_student, left = first_student + students, left - table.num_rows
        file = rng.integers(0, FILES, table.num_rows)
        for place, writer in enumerate(writers):
            writer.write_table(table.take(pa.array(rng.permutation(np.flatnonzero(file == place)))))
    for writer in writers:
        writer.close()
    return paths


def _chunk(rng: np.random.Generator, answers: int, first_student: int) -> tuple[int, pa.Table]:
    """Whole students with about as many answers as required, cut to that number; and how many students they are."""
    popularity = 1 / (np.arange(SKILLS) + 10)
    histories = answers // LENGTH + 2 * int(np.sqrt(answers)) + HISTORIES_OF_A_STUDENT
    lengths = rng.geometric(1 / LENGTH, histories)
    end = int(np.searchsorted(np.cumsum(lengths), answers)) + 1
    lengths = lengths[:end]
    skill = rng.choice(SKILLS, end, p=popularity / popularity.sum())
    student = np.arange(end) // HISTORIES_OF_A_STUDENT
    prior, learn, guess, slip = (each[skill] for each in TRUTH)
    known = rng.random(end) < prior
    owner, turns, right = [], [], []
    for turn in range(int(lengths.max())):
        going = np.flatnonzero(lengths > turn)
        owner.append(going)
        turns.append(np.full(len(going), turn))
        right.append(rng.random(len(going)) < np.where(known[going], 1 - slip[going], guess[going]))
        known[going] |= rng.random(len(going)) < learn[going]
    of = np.concatenate(owner)
    at = YEAR * 50 + (np.concatenate(turns) + rng.random(len(of))) * (YEAR / 1_000)
    students = int(student[-1]) + 1
    columns = [
        pa.array([f"student-{first_student + number}" for number in range(students)]).take(pa.array(student[of])),
        pa.array(at.astype(np.int64)).cast(pa.timestamp("us", "UTC")),
        pa.array(np.concatenate(right)),
        pa.array([f"skill-{number:03}" for number in range(SKILLS)]).take(pa.array(skill[of])),
    ]
    return students, pa.table(columns, schema=SCHEMA).slice(0, answers)


def measure(paths: Sequence[Path], folder: Path) -> dict[str, Any]:
    """Fit files, and report what that took; meant for a process of its own."""
    before = _peak()
    marks: dict[str, float] = {}
    disk = 0

    def mark(step: str, _done: int, _total: int) -> None:
        nonlocal disk
        marks.setdefault(step.split(" ", maxsplit=1)[0], time.perf_counter())
        disk = max(disk, sum(path.stat().st_size for path in folder.glob("graph-api-*/*/*")))

    start, cpu = time.perf_counter(), time.process_time()
    report = fit_files(FileFitRequest(paths, _columns(folder)), mark)
    end = time.perf_counter()
    counted = marks.get("fitting", end)
    fitted = {each.target.key: each.fitted for each in report.outcomes if each.fitted}
    off = [
        abs(getattr(one.parameters, name) - truth[int(key.removeprefix("skill-"))])
        for key, one in fitted.items()
        for name, truth in zip(("prior", "learn", "guess", "slip"), TRUTH, strict=True)
    ]
    return {
        "answers": report.counted.answers, "distinct": report.counted.rows, "seconds": end - start,
        "cpu": time.process_time() - cpu, "counting": counted - start, "fitting": end - counted,
        "before": before, "peak": _peak(), "disk": disk / 1e6,
        "off": float(np.median(off)), "worst": float(np.max(off)),
    }  # fmt: skip


def _columns(folder: Path, shard: Shard = ALL_STUDENTS) -> CountOptions:
    return CountOptions(AnswerColumns(skill="skill"), shard, folder)


def _peak() -> float:
    """MB; `getrusage` would report the peak of the process that started this one, if that is higher."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def check(paths: Sequence[Path], folder: Path, shards: int) -> bool:
    """Whether whole, merged shards and the fit in memory agree to the last digit."""
    whole = fit_files(FileFitRequest(paths, _columns(folder)))
    counted = [folder / f"shard-{number}.parquet" for number in range(1, shards + 1)]
    for number, path in enumerate(counted, start=1):
        count_histories(paths, path, _columns(folder, Shard(number, shards)))
        print(f"  shard {number}/{shards}: {path.stat().st_size:,} bytes")
    merged = fit_files(FileFitRequest(counted[::-1]))
    parameters = [each.fitted and each.fitted.parameters for each in whole.outcomes]
    table = pa.concat_tables([pq.read_table(path) for path in paths]).sort_by("at")
    student, skill = (table[name].combine_chunks().dictionary_encode() for name in ("student_id", "skill"))
    names = sorted(skill.dictionary.to_pylist())
    rank = np.array([names.index(each) for each in skill.dictionary.to_pylist()])
    histories = Histories.of_answers(
        student.indices.to_numpy(), rank[skill.indices.to_numpy()], table["correct"].to_numpy()
    )
    in_memory = fit(histories, FitOptions(bounds=Bounds(total=LARGEST_SUM))).by_target()
    agree = whole.outcomes == merged.outcomes and parameters == in_memory
    print(f"  whole = {shards} shards merged = in memory, to the last digit: {'yes' if agree else 'NO'}")
    return agree


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line per size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", default="1000000,10000000")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--duckdb", metavar="MEMORY", help="count with DuckDB too, as in 1GB")
    parser.add_argument("--folder", type=Path, help="where files are made")
    parser.add_argument("--statement", help=argparse.SUPPRESS)
    parser.add_argument("--measure", nargs="+", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.statement:
        print(json.dumps(run_duckdb(given.statement, given.folder, given.duckdb)))
        return
    if given.measure:
        print(json.dumps(measure(given.measure, given.folder)))
        return
    sizes = sorted(int(float(each)) for each in given.answers.split(","))
    agree = True
    for place, answers in enumerate(sizes):
        with tempfile.TemporaryDirectory(prefix="fit-scale-", dir=given.folder) as name:
            folder = Path(name)
            paths = simulate(answers, folder)
            if place == 0 and given.shards:
                agree = check(paths, folder, given.shards)
            _print(_measured(paths, folder), sum(path.stat().st_size for path in paths))
            if given.duckdb:
                agree &= beside_duckdb(paths, folder, given.duckdb)
    if not agree:
        sys.exit("shards disagree")


def beside_duckdb(paths: Sequence[Path], folder: Path, memory: str) -> bool:
    """Print what DuckDB took to count the histories; returns whether its file is ours, after both are put in order."""
    page = (Path(__file__).parents[1] / "docs" / "scale.md").read_text(encoding="utf-8")
    statement = page.split("```sql\n")[1].split("```")[0].replace("skill_codes", "skill")
    theirs, ours, sorted_theirs = (folder / f"{name}.parquet" for name in ("duckdb", "ours", "sorted"))
    statement = statement.replace("'answers*.parquet'", f"'{paths[0].parent}/answers-*.parquet'")
    statement = statement.replace("'histories.parquet'", f"'{theirs}'")
    command = [sys.executable, "-m", "benchmarks.fit_scale", "--folder", str(folder), "--duckdb", memory]
    done = subprocess.run([*command, "--statement", statement], check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        print(f"  DuckDB with {memory}: {done.stderr.splitlines()[-1]}")
        return True
    line = json.loads(done.stdout.splitlines()[-1])
    count_histories(paths, ours, _columns(folder))
    count_histories([theirs], sorted_theirs, _columns(folder))
    is_same = ours.read_bytes() == sorted_theirs.read_bytes()
    print(f"  DuckDB with {memory}: {line['seconds']:,.1f} s, {line['cpu']:,.1f} s of processor")
    print(f"  its peak memory {line['peak']:,.0f} MB")
    print(f"  its histories are ours: {'yes' if is_same else 'NO'}", flush=True)
    return is_same


def run_duckdb(statement: str, folder: Path, memory: str) -> dict[str, float]:
    """Run a statement; meant for a process of its own."""
    start, cpu = time.perf_counter(), time.process_time()
    with duckdb.connect() as connection:
        connection.execute(
            f"SET memory_limit = '{memory}'; SET threads = 1; SET temp_directory = '{folder / 'duckdb'}'"
        )
        connection.execute(statement)
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "peak": _peak()}


def _measured(paths: Sequence[Path], folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.fit_scale", "--folder", str(folder), "--measure", *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _print(line: dict[str, Any], size: int) -> None:
    rate, of_processor = (line["answers"] / line[name] for name in ("seconds", "cpu"))
    print(f"{line['answers']:,} answers, {size / 1e6:,.0f} MB of Parquet, {line['distinct']:,} distinct histories")
    print(f"  {line['seconds']:,.1f} s: {line['counting']:,.1f} counting, {line['fitting']:,.1f} fitting")
    print(f"  {line['cpu']:,.1f} s of processor")
    print(f"  {rate:,.0f} answers a second, {of_processor:,.0f} per second of processor")
    print(f"  peak memory {line['peak']:,.0f} MB, of which {line['before']:,.0f} MB before the first answer")
    print(f"  temporary files up to {line['disk']:,.0f} MB")
    print(f"  parameters off the truth by {line['off']:.4f} (median), {line['worst']:.4f} (worst)", flush=True)


if __name__ == "__main__":
    main()

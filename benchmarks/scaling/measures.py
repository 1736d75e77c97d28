"""What `benchmarks/scale.py` measures at each step: times over HTTP, CPU, disk, memory, a fit and a backup."""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from benchmarks.reading.processes import cpu_seconds
from benchmarks.scaling.fill import CONCEPTS, EVERY, START, Service, run_command

ASKED = 10
BATCH = 100
RECORD = """mutation($input: RecordAnswersInput!) { recordAnswers(input: $input) { ... on Failure { message }
  ... on RecordAnswersPayload { outcomes { __typename ... on Failure { message } } } } }"""
OF_STUDENT = {
    "masteries of a student": """query($id: ID!) { student(id: $id) { name masteries(kind: CONCEPT, first: 200) {
      nodes { level status attempts concept { name } } } } }""",
    "newest 100 answers": """query($id: ID!) { student(id: $id) { answers(first: 100) {
      pageInfo { endCursor } nodes { id at correct conceptIds } } } }""",
    "explanation of a level": """query($id: ID!) { student(id: $id) {
      explain(conceptId: "c000", last: 20) { level steps { at correct after } } } }""",
}
OF_CLASS = {
    "heat map of concepts": "query($id: ID!) { group(id: $id) { heatmap(kind: CONCEPT) { studentIds levels } } }",
    "heat map of skills": "query($id: ID!) { group(id: $id) { heatmap(kind: SKILL) { studentIds levels } } }",
    "distribution": "query($id: ID!) { group(id: $id) { distribution(kind: CONCEPT) { meanLevel coverage } } }",
    "root causes": "query($id: ID!) { group(id: $id) { rootCauses { causes { conceptId students } } } }",
    "at risk": "query($id: ID!) { group(id: $id) { atRisk(first: 5) { atRiskCount } } }",
    "roster, most to do first": """query($id: ID!) { students(groupId: $id, orderBy: NEEDS_FOCUS, first: 50) {
      totalCount nodes { id meanLevel attempts } } }""",
}


def milliseconds(work: Callable[[int], object], times: int = ASKED) -> float:
    """The median time of some calls, after one that is not counted."""
    work(0)
    taken = []
    for number in range(1, times + 1):
        start = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - start) * 1e3)
    return statistics.median(taken)


def resident_mb(pid: int) -> float:
    """The resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def disk_bytes(folder: Path) -> int:
    """Bytes on disk, without transaction logs, which are kept for a while and then deleted."""
    files = (path for path in folder.rglob("*") if "transactions" not in path.parts and path.suffix != ".wal")
    return sum(path.stat().st_blocks * 512 for path in files if path.is_file())


def measure_recording(service: Service, pids: Mapping[str, int], step: int, students: int) -> dict[str, float]:
    """Recording one answer alone, and 100 in a request: milliseconds, and CPU milliseconds of each process."""
    sent = 0

    def record(count: int) -> Callable[[int], object]:
        def work(_: int) -> object:
            nonlocal sent
            answers = []
            for _ in range(count):
                sent += 1
                at = START + timedelta(seconds=EVERY * step, milliseconds=sent)
                answers.append(
                    {
                        "studentId": f"s{sent * 7919 % students:06}",
                        "conceptIds": [f"c{sent * 31 % CONCEPTS:03}"],
                        "correct": sent % 3 > 0,
                        "at": at.isoformat(),
                    }
                )
            return service.ask(RECORD, input={"answers": answers})

        return work

    lone = milliseconds(record(1))
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    many = milliseconds(record(BATCH), times=2 * ASKED - 1)
    figures = {"a lone answer": lone, f"an answer of {BATCH} in a request": many / BATCH}
    for name, pid in pids.items():
        figures[f"  CPU of the {name}"] = (cpu_seconds(pid) - before[name]) * 1e3 / (2 * ASKED * BATCH)
    return figures


def measure_reads(service: Service, students: int) -> dict[str, float]:
    """Pages of students, and of a class of 30."""
    figures = {
        what: milliseconds(lambda n, query=document: service.ask(query, id=f"s{n * 97 % students:06}"))  # type: ignore[misc]
        for what, document in OF_STUDENT.items()
    }
    for what, document in OF_CLASS.items():
        figures[f"class of 30: {what}"] = milliseconds(lambda _n, query=document: service.ask(query, id="class"))  # type: ignore[misc]
    return figures


def measure_largest_class(service: Service) -> dict[str, float | str]:
    """The same views of the largest class, in milliseconds; or why one is rejected, and after how long."""
    figures: dict[str, float | str] = {}
    for what, document in OF_CLASS.items():
        start = time.perf_counter()
        reply = service.send(document, id="largest")
        first = (time.perf_counter() - start) * 1e3
        if "errors" in reply:
            figures[what] = f"rejected after {first:.0f} ms: {reply['errors'][0]['message']}"
        else:
            figures[what] = milliseconds(lambda _n, query=document: service.send(query, id="largest"), times=2)  # type: ignore[misc]
    return figures


async def measure_commands(folder: Path, settings: Mapping[str, str]) -> dict[str, float]:
    """A fit of one skill and a backup, in seconds with the start of the command, and the megabytes of the backup."""
    start = time.perf_counter()
    await run_command(["fit", "--skill", "k0", "--no-activate"], settings)
    fitted = time.perf_counter() - start
    path, start = folder / "backup.jsonl.gz", time.perf_counter()
    path.unlink(missing_ok=True)
    await run_command(["backup", str(path)], settings)
    figures = {
        "fit of one skill, s": fitted,
        "backup, s": time.perf_counter() - start,
        "backup, MB": path.stat().st_size / 1e6,
    }
    path.unlink()
    return figures

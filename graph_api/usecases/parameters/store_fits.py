"""Store fits as new versions, and activate those that meet the rules (B7, B8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from graph_api.domain.parameters.fitting.fit import Method
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.fitting.judge import Verdict
from graph_api.domain.parameters.parameter_sets import FitRecord, Origin, ParameterSet, name_of_fits
from graph_api.domain.targets import Target
from graph_api.store import concepts, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.parameter_sets import TargetInEffect
from graph_api.usecases.parameters.change_sets import note_due

FITS_AT_A_TIME = 200

Judged: TypeAlias = tuple[TargetInEffect, Verdict]


@dataclass(frozen=True, slots=True)
class FitOutcome:
    """The outcome for one target. `set_id` is the version with the fit, or None."""

    target: Target
    reason: Reason
    answers: int
    students: int
    in_force_id: str
    set_id: str | None
    activated: bool


async def store_fits(  # noqa: PLR0913 - what was outcomes, and under what name it is kept
    gateway: Gateway, judged: Sequence[Judged], *, run_id: str, method: Method, activate: bool, now: datetime
) -> list[FitOutcome]:
    """Store what was fitted, in bounded batches; one outcome per target, in order.

    A fit that is equal to the newest version of its target is that version: fitting every night adds nothing. Each
    activated target carries the note that the run has to replay its levels: `replay_due` has to follow.
    """
    outcomes: list[FitOutcome] = []
    for start in range(0, len(judged), FITS_AT_A_TIME):
        some = judged[start : start + FITS_AT_A_TIME]

        async def work(tx: Transaction, some: Sequence[Judged] = some) -> list[FitOutcome]:
            await concepts.lock_course(tx)
            newest = await parameter_sets.read_newest(tx, [name_of_fits(each.target) for each, _ in some])
            sets = {each.target: _version(each, verdict, newest) for each, verdict in some}
            new = {stored.id for stored in sets.values() if stored is not None and stored.created_at is None}
            await parameter_sets.create(tx, [s for s in sets.values() if s is not None and s.id in new], now)
            records = {
                stored.id: _record(each, verdict, run_id, method)
                for each, verdict in some
                if (stored := sets[each.target]) is not None and stored.id in new
            }
            await parameter_sets.put_fits(tx, records)
            outcomes = [_outcome(each, verdict, sets[each.target], activate=activate) for each, verdict in some]
            activated = {one.target: one.set_id for one in outcomes if one.activated and one.set_id is not None}
            await parameter_sets.activate(tx, activated)
            await note_due(tx, run_id, activated)
            return outcomes

        outcomes += await gateway.write(work)
    return outcomes


def _version(each: TargetInEffect, verdict: Verdict, newest: dict[str, ParameterSet]) -> ParameterSet | None:
    """The version that holds a fit: the newest one if it is equal, else the next; None if there is nothing to hold."""
    if verdict.fitted is None or verdict.reason is Reason.NO_IMPROVEMENT:
        return None
    name = name_of_fits(each.target)
    before = newest.get(name)
    if before is not None and before.parameters == verdict.fitted.parameters:
        return before
    return ParameterSet.of(name, before.version + 1 if before else 1, verdict.fitted.parameters, Origin.FITTED)


def _record(each: TargetInEffect, verdict: Verdict, run_id: str, method: Method) -> FitRecord:
    if verdict.fitted is None:
        raise ValueError("nothing was fitted")
    fitted = verdict.fitted._asdict()
    del fitted["parameters"]
    return FitRecord(
        target=each.target,
        run_id=run_id,
        method=method.value,
        replaced_set_id=each.set_id,
        answers=verdict.answers,
        students=verdict.students,
        reason=verdict.reason.value,
        **fitted,
    )


def _outcome(each: TargetInEffect, verdict: Verdict, stored: ParameterSet | None, *, activate: bool) -> FitOutcome:
    return FitOutcome(
        target=each.target,
        reason=verdict.reason,
        answers=verdict.answers,
        students=verdict.students,
        in_force_id=each.set_id,
        set_id=stored.id if stored else None,
        activated=activate and verdict.reason is Reason.IMPROVED,
    )

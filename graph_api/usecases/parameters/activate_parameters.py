"""Activate a parameter set for concepts and skills, and replay the levels that it changes (B8)."""

from collections.abc import Callable
from datetime import datetime

from graph_api.domain.failures import InvalidInput, ParameterSetNotFound
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import concepts, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.tags import read_set_ids
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.parameters.change_sets import note_due, replay_due
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

VERSION = "1"


def activation_run(run_id: str, set_id: str | None, targets: Targets, trigger: str, now: datetime) -> Run:
    """The run that an activation starts."""
    requested = {kind.value: list(targets.keys(kind) or ()) for kind in TargetKind}
    return Run(run_id, Algorithm.ACTIVATE_PARAMETERS, VERSION, {"parameterSet": set_id}, trigger, now, input=requested)


async def activate_parameters(  # noqa: PLR0913, PLR0917 - what, for whom, under which run
    gateway: Gateway,
    set_id: str | None,
    targets: Targets,
    run: Run,
    clock: Callable[[], datetime],
    on_progress: OnProgress = unwatched,
) -> int:
    """Activate a set for some targets, or for the one that it was fitted to; returns how many levels were replayed.

    A fit that was refused is activated all the same: the caller decides. The run's output then holds the reason of the
    refusal as `overriddenReason`.

    None takes the active set away: then the set that is named on a target applies, or the default of its kind.

    Raises:
        ParameterSetNotFound: there is no such set.
        ConceptNotFound, SkillNotFound: a named concept or skill does not exist.
        InvalidInput: no targets are given and the set was not fitted to one.
    """

    async def work(tx: Transaction) -> tuple[int, list[Target], str | None]:
        await concepts.lock_course(tx)
        if set_id is not None and not await parameter_sets.read_by_ids(tx, [set_id]):
            raise ParameterSetNotFound("parameterSetId", "must exist", set_id, [set_id])
        chosen = await _targets(tx, set_id, targets)
        await parameter_sets.activate(tx, dict.fromkeys(chosen, set_id))
        fit = (await parameter_sets.read_fits(tx, [set_id])).get(set_id) if set_id is not None else None
        overridden = fit.reason if fit is not None and fit.reason != Reason.IMPROVED else None
        return len(chosen), await note_due(tx, run.id, await read_set_ids(tx, chosen)), overridden

    async with recorded_run(gateway, run, clock, on_progress) as entry:
        activated, due, overridden = await gateway.write(work)
        replayed = await replay_due(gateway, run.id, due, clock, entry.report)
        entry.output.update(targets=activated, replayedLevels=replayed)
        if overridden is not None:
            entry.output["overriddenReason"] = overridden
    return replayed


async def _targets(tx: Transaction, set_id: str | None, targets: Targets) -> list[Target]:
    if targets == Targets():
        fitted = await parameter_sets.read_fits(tx, [set_id] if set_id is not None else [])
        if not fitted:
            rule = "name them, because the set was not fitted to one"
            raise InvalidInput("conceptIds, skillCodes", rule, set_id or "")
        return [record.target for record in fitted.values()]
    return [each.target for kind in TargetKind for each in await targets.read(tx, kind)]

"""Fit forgetting to the answers after a pause, store the fit as a version, put it into effect if it is better (Q9).

Recall is computed when it is read, so nothing is replayed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from graph_api.domain.failures import InvalidInput, ParameterSetNotFound
from graph_api.domain.learners.forgetting import DAY, PAUSE_DAYS, Learner, counted_sorted
from graph_api.domain.learners.forgetting_fit import FitResult, ForgettingFit, fit_forgetting, gaps_of
from graph_api.domain.learners.forgetting_records import ForgettingFitRecord
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.forgetting_parameters import (
    SUPPLIED_SETS,
    ForgettingParameters,
    ForgettingParameterSet,
    Formula,
)
from graph_api.domain.parameters.named_versions import check_won
from graph_api.store import answers, concepts, masteries, parameter_sets, students
from graph_api.store.forgetting import put_fit, put_in_effect, read_fits, read_id_in_effect
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import forgetting_sets
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.choose_students import student_pages
from graph_api.usecases.run_ledger import KeptRun, OnProgress, recorded_run, unwatched

VERSION = "1"
MOST_ANSWERS = 1_000_000
"""No more students are read once they have this many answers. It limits memory."""
NAMES: Mapping[Formula, str] = {each.parameters.formula: each.name for each in SUPPLIED_SETS}
"""The name of the versions of each formula."""


@dataclass(frozen=True, slots=True)
class ForgettingFitRequest:
    """What to fit.

    Attributes:
        formula: the formula whose values are fitted.
        activate: whether a fit that predicts better is put into effect.
        author: the principal of the request; None for a command.
    """

    formula: Formula = Formula.FSRS_6
    activate: bool = True
    author: str | None = None

    def run(self, run_id: str, trigger: str, now: datetime) -> Run:
        """The run that this starts."""
        parameters = {"formula": self.formula.value, "activate": self.activate}
        return Run(run_id, Algorithm.FIT_FORGETTING, VERSION, parameters, trigger, now)


@dataclass(frozen=True, slots=True)
class ForgettingFitReport:
    """What a fit did.

    Attributes:
        record: its figures.
        stored: the new version; None without enough answers after a pause.
        activated: whether the version was put into effect.
    """

    record: ForgettingFitRecord
    stored: ForgettingParameterSet | None
    activated: bool

    def summary(self) -> dict[str, Any]:
        """The report as the run's output."""
        record = self.record
        return {
            "result": record.result.value,
            "parameterSet": self.stored and self.stored.id,
            "comparedWith": record.compared_with,
            "activated": self.activated,
            "students": record.students,
            "answersAfterPause": record.pauses,
            "heldOutAnswers": record.held_out,
            "before": record.before and record.before.as_json(),
            "after": record.after and record.after.as_json(),
            "targets": record.reasons(),
        }


async def fit_stored_forgetting(  # noqa: PLR0913, PLR0917 - what, beside what, under which run
    gateway: Gateway,
    request: ForgettingFitRequest,
    default: ForgettingParameterSet,
    run: Run,
    clock: Callable[[], datetime],
    on_progress: OnProgress = unwatched,
) -> ForgettingFitReport:
    """Fit, judge on held-out students, store, put into effect; the run's output is the report's summary.

    Args:
        gateway: the database.
        request: what to fit.
        default: the parameters of the setting, in effect until others are.
        run: the run.
        clock: the present.
        on_progress: is called with the progress.

    Raises:
        InvalidInput: the name of the formula's versions is in use for other parameters.
    """
    async with recorded_run(gateway, run, clock, on_progress) as entry:
        in_effect = await gateway.read(partial(_read_in_effect, default=default))
        learners, numbers = await _read_learners(gateway, entry)
        entry.report("fitting", 0, 1)
        fit = await compute(_fit, learners, numbers, request.formula, in_effect.parameters)
        record = ForgettingFitRecord.of(
            fit, run_id=run.id, author=request.author, compared_with=in_effect.id, students=len(set(numbers))
        )
        stored, activated = None, False
        if fit.parameters is not None:
            activate = request.activate and fit.result is FitResult.BETTER
            store = partial(_store, fit.parameters, record, default.id, activate=activate, now=clock())
            stored, activated = await gateway.write(store)
            if stored is None:  # judged after the commit: a transaction that is to run again has seen half of another
                raise InvalidInput(
                    "formula", "has a name that is in use for parameters of another kind", NAMES[request.formula]
                )
        entry.report("fitting", 1, 1)
        report = ForgettingFitReport(record, stored, activated)
        entry.output.update(report.summary())
    return report


async def activate_forgetting(gateway: Gateway, set_id: str, *, override: bool = False) -> None:
    """Put stored forgetting parameters into effect: fitted ones, or those that came with the service.

    Raises:
        ParameterSetNotFound: no forgetting parameters have the id.
        InvalidInput: their fit was not better on held-out students, and there is no override.
    """

    async def work(tx: Transaction) -> None:
        await concepts.lock_course(tx)
        if not await forgetting_sets.read_by_ids(tx, [set_id]):
            raise ParameterSetNotFound("id", "must be stored forgetting parameters", set_id, [set_id])
        record = (await read_fits(tx, [set_id])).get(set_id)
        check_won(set_id, record.result if record else None, FitResult.BETTER, override=override)
        await put_in_effect(tx, set_id)

    await gateway.write(work)


async def _read_in_effect(tx: Transaction, default: ForgettingParameterSet) -> ForgettingParameterSet:
    set_id = await read_id_in_effect(tx) or default.id
    return default if set_id == default.id else (await forgetting_sets.read_by_ids(tx, [set_id]))[set_id]


async def _read_learners(gateway: Gateway, entry: KeptRun) -> tuple[list[Learner], list[int]]:
    """The histories with an answer after a pause, each with a number for its student; others say nothing of recall."""
    total = await gateway.read(lambda tx: students.count(tx, group_id=None, search=None))
    learners: list[Learner] = []
    numbers: list[int] = []
    done = count = 0
    async for ids in student_pages(gateway, None):
        entry.report("reading answers", done, total)
        of_page = await gateway.read(partial(_read_page, student_ids=ids))
        for own in of_page:
            number = numbers[-1] + 1 if numbers else 0
            learners += own
            numbers += [number] * len(own)
            count += sum(len(each.evidence) for each in own)
        done += len(ids)
        if count >= MOST_ANSWERS:
            break
    entry.report("reading answers", done, total)
    return learners, numbers


async def _read_page(tx: Transaction, student_ids: Sequence[str]) -> list[list[Learner]]:
    """The histories with an answer after a pause of each student who has any."""
    levels = [each for of_one in (await masteries.read_of_students(tx, student_ids)).values() for each in of_one]
    practised = sorted((each for each in levels if each.attempts > 1), key=lambda each: (each.student_id, each.target))
    sets = await parameter_sets.read_by_ids(tx, {each.parameter_set_id for each in practised})
    tracing = {each.id: each.parameters for each in sets}
    evidence = await answers.read_evidence(tx, [(each.student_id, each.target) for each in practised])
    learners: dict[str, list[Learner]] = {}
    for level in practised:
        history = counted_sorted(evidence.get((level.student_id, level.target), ()))
        if _has_pause(history):
            own = Learner(level.target, history, tracing[level.parameter_set_id])
            learners.setdefault(level.student_id, []).append(own)
    return list(learners.values())


def _has_pause(history: Iterable[Evidence]) -> bool:
    return any((after.at - before.at) / DAY >= PAUSE_DAYS for before, after in pairwise(history))


def _fit(
    learners: Sequence[Learner], numbers: Sequence[int], formula: Formula, in_effect: ForgettingParameters
) -> ForgettingFit:
    return fit_forgetting(gaps_of(learners, numbers), formula, in_effect)


async def _store(  # noqa: PLR0913 - what is stored, and where it goes
    parameters: ForgettingParameters,
    record: ForgettingFitRecord,
    default_id: str,
    tx: Transaction,
    *,
    activate: bool,
    now: datetime,
) -> tuple[ForgettingParameterSet | None, bool]:
    """Store a fit as the next version of its formula. It takes effect only if what it was compared with still is."""
    await concepts.lock_course(tx)
    stored = await forgetting_sets.create_next(tx, NAMES[parameters.formula], parameters, now)
    if stored is None:
        return None, False
    await put_fit(tx, stored.id, record)
    activated = activate and (await read_id_in_effect(tx) or default_id) == record.compared_with
    if activated:
        await put_in_effect(tx, stored.id)
    return stored, activated

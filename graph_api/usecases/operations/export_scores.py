"""Export what is computed of students: levels over time, and recency scores with their breakdown."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, tzinfo

from graph_api.domain.learners.mastery import Evidence, Mastery
from graph_api.domain.learners.recency import Recency, RecencyStatus
from graph_api.domain.learners.timeline import Period, periods_of
from graph_api.domain.learners.trends import follow_level
from graph_api.domain.operations.export_extent import WHOLE, Extent
from graph_api.domain.operations.export_kinds import target_cells
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.store import answers, masteries, parameter_sets, recencies, runs
from graph_api.store.gateway import Gateway, Row, Transaction
from graph_api.usecases.operations.student_pages import student_pages


async def export_series(
    gateway: Gateway, extent: Extent = WHOLE, by: Period = Period.WEEK, zone: tzinfo = UTC
) -> AsyncIterator[Row]:
    """The level of every mastery of an extent at the end of each period with answers or judgements that count.

    A period without them has no row: its level is that of the row before. Levels are replayed from the answers under
    the present parameters, as `levelSeries` does, so a mastery whose level was written again has all its rows again.

    Raises:
        InvalidInput: an answer lies outside the years 1 to 9999 in the time zone.
    """
    async for ids in student_pages(gateway, extent):

        async def work(tx: Transaction, ids: list[str] = ids) -> list[tuple[Mastery, Sequence[Evidence], ParameterSet]]:
            of_students = await masteries.read_of_students(tx, ids)
            chosen = [
                mastery
                for each in ids
                for mastery in sorted(of_students.get(each, ()), key=lambda mastery: mastery.target)
                if extent.recorded.covers(mastery.updated_at)
            ]
            pairs = [(mastery.student_id, mastery.target) for mastery in chosen]
            evidence = await answers.read_evidence(tx, pairs)
            stored = await parameter_sets.read_by_ids(tx, {mastery.parameter_set_id for mastery in chosen})
            sets = {each.id: each for each in stored}
            return [
                (mastery, evidence.get(pair, ()), sets[mastery.parameter_set_id])
                for mastery, pair in zip(chosen, pairs, strict=True)
            ]

        for mastery, evidence, used in await gateway.read(work):
            for row in series_rows(mastery, evidence, used, by, zone):
                yield row


def series_rows(
    mastery: Mastery, evidence: Sequence[Evidence], used: ParameterSet, by: Period, zone: tzinfo
) -> list[Row]:
    """The rows of one mastery, in order of period."""
    periods = periods_of((each.at for each in evidence), by, zone)
    points = follow_level(evidence, [period.end for period in periods], used)
    return [
        {
            "student_id": mastery.student_id,
            **target_cells(mastery.target),
            "period_start": period.first_day.isoformat(),
            "period_end": period.end.isoformat(),
            "level": point.level,
            "attempts": point.attempts,
            "parameter_set_id": used.id,
        }
        for period, point in zip(periods, points, strict=True)
    ]


async def export_recency(gateway: Gateway, extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every recency score of an extent with its breakdown, in order of student and skill.

    A score was recorded when its run ended: while the run goes on, no window of recorded times covers it.
    """
    ended: dict[str, datetime | None] = {}
    async for ids in student_pages(gateway, extent):

        async def work(tx: Transaction, ids: list[str] = ids) -> list[Row]:
            scores = await recencies.read_of_students(tx, ids)
            run_ids = {each.run_id for of_one in scores.values() for each in of_one.values()}
            unknown = {key for key in run_ids if ended.get(key) is None}
            ended.update({key: run.finished_at for key, run in (await runs.read_by_ids(tx, unknown)).items()})
            return [
                _recency_row(each, code, score, ended.get(score.run_id))
                for each in ids
                for code, score in sorted(scores.get(each, {}).items())
                if extent.recorded.covers(ended.get(score.run_id))
            ]

        for row in await gateway.read(work):
            yield row


def _recency_row(student_id: str, skill_code: str, score: Recency, recorded_at: datetime | None) -> Row:
    breakdown, shares = score.breakdown, score.breakdown.shares
    interval = breakdown.interval()
    return {
        "student_id": student_id,
        "skill_code": skill_code,
        "status": breakdown.status.value,
        "score": breakdown.score if breakdown.status is RecencyStatus.SCORED else None,
        "interval_low": interval and interval.low,
        "interval_high": interval and interval.high,
        "confidence": breakdown.confidence.value,
        "attempts": breakdown.attempts,
        "required_attempts": breakdown.required,
        "use_difficulty": breakdown.use_difficulty,
        **{
            f"bucket_{name}": [getattr(share, name) for share in shares]
            for name in ("days", "attempts", "correct", "accuracy", "weight", "contribution")
        },
        "as_of": score.as_of.isoformat(),
        "recorded_at": recorded_at and recorded_at.isoformat(),
        "run_id": score.run_id,
        "parameter_set_id": score.parameter_set_id,
        "version": score.version,
    }

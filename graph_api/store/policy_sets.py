"""Parameters of every kind but knowledge tracing, and difficulties of questions, in the graph."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import orjson

from graph_api.domain.answers.evidence_rules import (
    DEFAULT_SET,
    SHIPPED_SETS,
    EvidenceParameters,
    EvidenceParameterSet,
)
from graph_api.domain.parameters.forgetting_parameters import ForgettingParameters, ForgettingParameterSet
from graph_api.domain.parameters.inference.model import InferenceModel
from graph_api.domain.parameters.inference.records import InferenceModelSet
from graph_api.domain.parameters.predictors.predictor_sets import PredictorParameters, PredictorSet
from graph_api.domain.parameters.question_difficulties import QuestionDifficulties, QuestionDifficultySet
from graph_api.domain.parameters.recency_parameters import RecencyParameters, RecencyParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameters, TopicParameterSet
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Row, Transaction

S = TypeVar(
    "S",
    RecencyParameterSet,
    TopicParameterSet,
    EvidenceParameterSet,
    QuestionDifficultySet,
    ForgettingParameterSet,
    PredictorSet,
    InferenceModelSet,
)
State = TypeVar("State", bound="UnderSet")
Interpreted = TypeVar("Interpreted")


class UnderSet(Protocol):
    """A stored state that was computed under a parameter set."""

    @property
    def set_id(self) -> str:
        """The id of the parameter set."""


@dataclass(frozen=True, slots=True)
class PolicySets(Generic[S]):
    """The parameter sets of one kind; `make` builds a set from its columns, `read` parses its parameters."""

    kind: str
    make: Callable[[str, str, int, Any, datetime | None], S]
    read: Callable[[Mapping[str, Any]], object]

    async def create(self, tx: Transaction, stored: S, now: datetime) -> None:
        """Store a version; a stored version stays as it is."""
        await tx.nothing(
            "policy_set/create",
            id=stored.id,
            kind=self.kind,
            name=stored.name,
            version=stored.version,
            parameters=orjson.dumps(stored.parameters.as_json()).decode(),
            now=now,
        )

    async def create_next(self, tx: Transaction, name: str, parameters: Any, now: datetime) -> S | None:  # noqa: ANN401 - of the kind of the sets
        """Store parameters as the next version of a name, from 1. Lock the course first.

        Returns:
            The version; None if the id belongs to parameters of another kind, and nothing was stored.
        """
        newest = next(iter(await self.read_all(tx, name=name, limit=1)), None)
        version = newest.version + 1 if newest is not None else 1
        set_id = f"{name}-v{version}"
        await self.create(tx, self.make(set_id, name, version, parameters, None), now)
        return (await self.read_by_ids(tx, [set_id])).get(set_id)

    async def read_by_ids(self, tx: Transaction, ids: Iterable[str]) -> dict[str, S]:
        """Versions by id; unknown ids are left out."""
        rows = await tx.many("policy_set/list_by_ids", kind=self.kind, ids=sorted(set(ids)))
        return {row["id"]: self._decode(row) for row in rows}

    async def read_all(self, tx: Transaction, *, name: str | None, limit: int) -> list[S]:
        """At most `limit` versions by name, newest first; of one name if given."""
        rows = await tx.many("policy_set/list_all", kind=self.kind, name=name, limit=limit)
        return [self._decode(row) for row in rows]

    def _decode(self, row: Row) -> S:
        parameters = self.read(orjson.loads(row["parameters"]))
        return self.make(row["id"], row["name"], row["version"], parameters, row["created_at"])


recency_sets = PolicySets("recency", RecencyParameterSet, RecencyParameters.of_json)
forgetting_sets = PolicySets("forgetting", ForgettingParameterSet, ForgettingParameters.of_json)
predictor_sets = PolicySets("predictor", PredictorSet, PredictorParameters.of_json)
topic_sets = PolicySets("topic", TopicParameterSet, TopicParameters.of_json)
evidence_sets = PolicySets("evidence", EvidenceParameterSet, EvidenceParameters.of_json)
inference_sets = PolicySets("inference", InferenceModelSet, InferenceModel.of_json)
difficulty_sets = PolicySets("difficulty", QuestionDifficultySet, QuestionDifficulties.of_json)


OFF = ""
"""Stands for the id of a version where a caller turned a kind off. A job leaves it so."""


def chosen_by_kind(row: Row | None) -> dict[TargetKind, str]:
    """The ids that were chosen for concepts and for skills, or `OFF`; a kind without a choice is left out.

    >>> chosen_by_kind({"concept": "predictor-concept-v1", "skill": None})
    {<TargetKind.CONCEPT: 'CONCEPT'>: 'predictor-concept-v1'}
    """
    columns = row or {}
    return {kind: columns[kind.lower()] for kind in TargetKind if columns.get(kind.lower()) is not None}


def in_effect(chosen: Mapping[TargetKind, str]) -> dict[TargetKind, str]:
    """The ids in effect among those that were chosen.

    >>> in_effect({TargetKind.SKILL: OFF})
    {}
    """
    return {kind: set_id for kind, set_id in chosen.items() if set_id != OFF}


async def put_fit(tx: Transaction, set_id: str, record: Mapping[str, Any]) -> None:
    """Write the record of the fit that made a version, together with the version."""
    await tx.nothing("policy_set/put_fit", id=set_id, fit=orjson.dumps(record).decode())


async def read_fits(tx: Transaction, ids: Iterable[str]) -> dict[str, Any]:
    """The records of the fits that made versions, by id; versions that no fit made are left out."""
    rows = await tx.many("policy_set/list_fits", ids=sorted(set(ids)))
    return {row["id"]: orjson.loads(row["fit"]) for row in rows}


async def read_difficulties(tx: Transaction, parameters: RecencyParameters) -> QuestionDifficulties | None:
    """The difficulties from data that recency parameters name; None if they name none.

    Raises:
        KeyError: the version is not stored.
    """
    set_id = parameters.question_difficulties
    return None if set_id is None else (await difficulty_sets.read_by_ids(tx, [set_id]))[set_id].parameters


class EvidenceInEffect(NamedTuple):
    """The evidence parameters in effect.

    Attributes:
        set_id: their id.
        run_id: the run that has to weigh again what others weighed; None if it has finished.
        replaced_ids: the parameters whose weights it replaces.
    """

    set_id: str = DEFAULT_SET.id
    run_id: str | None = None
    replaced_ids: Sequence[str] = ()


async def read_evidence_in_effect(tx: Transaction) -> EvidenceInEffect:
    """The evidence parameters in effect."""
    row = await tx.optional("course_version/read_evidence")
    if row is None:
        return EvidenceInEffect()
    return EvidenceInEffect(row["evidence_set_id"] or DEFAULT_SET.id, row["run_id"], row["replaced_ids"])


async def read_evidence_set_in_effect(tx: Transaction) -> EvidenceParameterSet:
    """The version of the evidence parameters in effect; what came with the service is not read."""
    set_id = (await read_evidence_in_effect(tx)).set_id
    shipped = {each.id: each for each in SHIPPED_SETS}
    return shipped.get(set_id) or (await evidence_sets.read_by_ids(tx, [set_id]))[set_id]


async def read_is_in_effect(tx: Transaction, ids: Iterable[str]) -> dict[str, bool]:
    """Whether evidence parameters are in effect, by id."""
    in_effect = (await read_evidence_in_effect(tx)).set_id
    return {each: each == in_effect for each in ids}


async def put_evidence_in_effect(tx: Transaction, chosen: EvidenceInEffect) -> None:
    """Put evidence parameters into effect. Lock the course first."""
    await tx.nothing(
        "course_version/put_evidence",
        evidence_set_id=chosen.set_id,
        run_id=chosen.run_id,
        replaced_ids=list(chosen.replaced_ids),
    )


async def clear_evidence_run(tx: Transaction, run_id: str) -> None:
    """Note that a run has weighed all answers again."""
    await tx.nothing("course_version/clear_evidence", run_id=run_id)


async def with_parameters(
    tx: Transaction,
    stored: Mapping[str, Mapping[str, State]],
    combine: Callable[[State, TopicParameterSet], Interpreted],
) -> dict[str, dict[str, Interpreted]]:
    """The states of students by key, each combined with the topic parameters that it was computed under.

    Raises:
        KeyError: the parameter set of a state is not stored.
    """
    ids = {state.set_id for states in stored.values() for state in states.values()}
    sets = await topic_sets.read_by_ids(tx, ids) if ids else {}
    return {
        student_id: {key: combine(state, sets[state.set_id]) for key, state in states.items()}
        for student_id, states in stored.items()
    }

"""What placements show: their answers, read and evaluated for all placements of a request at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners import next_steps
from graph_api.domain.learners.placement.placements import Placement
from graph_api.domain.learners.placement.questions import Finding, Noise, Response, StopReason, Verdict, find
from graph_api.domain.learners.placement.structure import Structure
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import concept
from graph_api.store import placements as placement_store
from graph_api.store.gateway import Transaction
from graph_api.store.placements import PlacementAnswer
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.analyse_course import HasGraph
from graph_api.usecases.learners.reads import LearnerReads


class Estimate(NamedTuple):
    """What a placement found about one concept."""

    concept_id: str
    known: float
    verdict: Verdict
    answers: int


class Question(NamedTuple):
    """The concept of the next question: P(known), P(correct), and the expected information in bits."""

    concept_id: str
    known: float
    correct: float
    information: float


@dataclass(frozen=True, slots=True)
class PlacementResult:
    """A placement with what its answers show.

    Attributes:
        placement: the placement.
        structure: the concepts that it covers, without those that were archived or deleted since.
        noise: guess and slip in effect, by place.
        responses: its answers to these concepts, oldest first.
        finding: what they show.
    """

    placement: Placement
    structure: Structure
    noise: Noise
    responses: Sequence[Response]
    finding: Finding

    @property
    def stop(self) -> StopReason | None:
        """The reason why there is no next question, also if the session has ended before."""
        is_open = self.placement.session.status is SessionStatus.IN_PROGRESS
        return self.finding.stop or (None if is_open else StopReason.ENDED_EARLY)

    @property
    def next(self) -> Question | None:
        """The next question; None if the placement has ended."""
        place = self.finding.next
        if place is None or self.stop is not None:
            return None
        known, information = float(self.finding.known[place]), float(self.finding.information[place])
        guess, slip = float(self.noise.guess[place]), float(self.noise.slip[place])
        return Question(self.structure.ids[place], known, known * (1 - slip) + (1 - known) * guess, information)

    @property
    def answer_ids(self) -> list[str]:
        """The ids of the answers, oldest first."""
        return list(dict.fromkeys(response.answer_id for response in self.responses))

    def estimates(self, verdicts: Iterable[Verdict] | None = None) -> list[Estimate]:
        """What was found about each concept, with some verdicts or any: the most probable first, then by id."""
        answers = np.bincount(
            np.array([each.place for each in self.responses], np.int64), minlength=len(self.structure.ids)
        )
        rows = [
            Estimate(key, float(known), self.finding.verdict(place, self.placement.rule), int(answers[place]))
            for place, (key, known) in enumerate(zip(self.structure.ids, self.finding.known, strict=True))
        ]
        wanted = set(Verdict) if verdicts is None else set(verdicts)
        return sorted((row for row in rows if row.verdict in wanted), key=lambda row: (-row.known, row.concept_id))

    def fringe(self, *, inner: bool) -> list[str]:
        """The ids of the inner or the outer fringe of the knowledge state that was found, in order of id."""
        graph, known = CourseGraph(self.structure.ids, self.structure.before), self.finding.is_known
        places = next_steps.inner_fringe(graph, known) if inner else next_steps.outer_places(graph, known)
        return [self.structure.ids[place] for place in places]


async def find_placements(
    reads: LearnerReads, graphs: HasGraph, placements: Sequence[Placement]
) -> list[PlacementResult]:
    """What each placement shows, in their order.

    The links, and the parameter sets in effect, are those of the moment.
    """
    graph = await graphs.now()

    async def read(tx: Transaction) -> dict[str, list[PlacementAnswer]]:
        return await placement_store.read_answers(tx, placements)

    answers = await reads.gateway.read(read)
    ids = sorted({key for placement in placements for key in placement.concept_ids if key in graph.places})
    sets = dict(zip(ids, await reads.sets_in_effect([concept(key) for key in ids]), strict=True))
    return [await compute(_find, graph, placement, answers.get(placement.id, []), sets) for placement in placements]


def _find(
    graph: CourseGraph,
    placement: Placement,
    answers: Iterable[PlacementAnswer],
    sets: Mapping[str, ParameterSet | None],
) -> PlacementResult:
    structure = Structure.of(graph, (key for key in placement.concept_ids if sets.get(key)))
    parameters = [used.parameters for key in structure.ids if (used := sets[key])]
    noise = Noise(np.array([each.guess for each in parameters]), np.array([each.slip for each in parameters]))
    responses = [
        Response(answer.order.answer_id, structure.places[answer.concept_id], answer.correct, answer.weight)
        for answer in answers
        if answer.concept_id in structure.places
    ]
    finding = find(structure, responses, noise, placement.rule)
    return PlacementResult(placement, structure, noise, responses, finding)

"""Root causes and clusters of weak concepts, of a student, a group or everybody."""

from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
import strawberry
from numpy.typing import NDArray

from graph_api.domain import root_causes as domain
from graph_api.domain.class_levels import ClassLevels
from graph_api.domain.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.root_causes import WeakRule
from graph_api.domain.targets import TargetKind
from graph_api.schema.concept import Concept
from graph_api.schema.context import Info
from graph_api.schema.enum_values import describe_values
from graph_api.schema.paging import MAX_FIRST, bounded
from graph_api.usecases.analyse_course import Standing, on_graph, read_levels_of_everybody, standing

strawberry.enum(
    domain.ClusterMethod,
    description="How weak concepts are put together: by the cause with the largest score among their ancestors, the "
    "nearest on a tie; or by direct links between weak concepts.",
)
describe_values(
    domain.ClusterMethod,
    ROOT_CAUSE="Each goes to the cause with the largest score among its ancestors, the nearest on a tie.",
    COMPONENT="Those that direct links between weak concepts connect.",
)

Threshold = Annotated[float | None, strawberry.argument(description="Weak is a level below this; as set if null.")]
MinAttempts = Annotated[int | None, strawberry.argument(description="With at least so many answers; as set if null.")]
Method = Annotated[domain.ClusterMethod, strawberry.argument(description="How.")]
Share = Annotated[
    float, strawberry.argument(description="A group is weak where at least this share of those who practised is, 0..1.")
]
First = Annotated[int, strawberry.argument(description=f"How many at the most: 1 to {MAX_FIRST}.")]


@strawberry.type(description="A weak concept without a weak ancestor anywhere in the prerequisite graph.")
class RootCause:
    """A root cause."""

    blocked_ids: strawberry.Private[list[str]]
    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    level: float | None = strawberry.field(description="The student's level; null for a group.")
    score: float = strawberry.field(description="Sum of threshold - level over what it blocks.")
    students: int | None = strawberry.field(description="How many students it holds back; null for one student.")
    students_blocked: int | None = strawberry.field(description="How many of them it blocks something weak for.")
    students_weak: int | None = strawberry.field(description="How many students are weak in it.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        """The concept."""
        return await Concept.load(info, self.concept_id)

    @strawberry.field(description="The weak concepts that come after it; for a group, weak for one whom it holds back.")
    async def blocks(self, info: Info) -> list[Concept]:
        """What it blocks."""
        return await Concept.load_many(info, self.blocked_ids)


@strawberry.type(description="Root causes, and the rule they were found by.")
class RootCauses:
    """An answer to Q3."""

    rule: str = strawberry.field(description="The rule in words.")
    threshold: float = strawberry.field(description="Weak is a level below this.")
    min_attempts: int = strawberry.field(description="With at least so many answers.")
    students: int = strawberry.field(description="How many students were looked at.")
    causes: list[RootCause] = strawberry.field(description="The worst first.")


@strawberry.type(description="Weak concepts that belong together.")
class WeakCluster:
    """A cluster."""

    cause_ids: strawberry.Private[list[str]]
    member_ids: strawberry.Private[list[str]]
    size: int = strawberry.field(description="How many weak concepts.")
    deficit: float = strawberry.field(description="Sum of threshold - level over them; of means for a group.")

    @strawberry.field(description="The root causes among them.")
    async def causes(self, info: Info) -> list[Concept]:
        """Its causes."""
        return await Concept.load_many(info, self.cause_ids)

    @strawberry.field(description="All of them, causes included, in order of id.")
    async def concepts(self, info: Info) -> list[Concept]:
        """Its members."""
        return await Concept.load_many(info, self.member_ids)


@strawberry.type(description="Clusters of weak concepts, and the rule they were made by.")
class WeakClusters:
    """An answer to Q3."""

    rule: str = strawberry.field(description="The rule in words.")
    threshold: float = strawberry.field(description="Weak is a level below this.")
    min_attempts: int = strawberry.field(description="With at least so many answers.")
    method: domain.ClusterMethod = strawberry.field(description="How they were put together.")
    clusters: list[WeakCluster] = strawberry.field(description="The largest deficit first.")

    @classmethod
    def of(cls, graph: CourseGraph, deficit: NDArray[np.float64], rule: WeakRule, method: domain.ClusterMethod) -> Self:
        """The clusters of deficits."""
        clusters = domain.find_clusters(graph, deficit, method)
        return cls(
            rule=f"weak: {told(rule)}; {method.value}",
            threshold=rule.threshold,
            min_attempts=rule.min_attempts,
            method=method,
            clusters=[
                WeakCluster(
                    cause_ids=[graph.ids[place] for place in each.causes],
                    member_ids=[graph.ids[place] for place in each.members],
                    size=len(each.members),
                    deficit=each.deficit,
                )
                for each in clusters
            ],
        )


def rule_of(info: Info, threshold: float | None, min_attempts: int | None) -> WeakRule:
    """The rule that arguments give, or the service's."""
    set_ = info.context.services.thresholds
    return WeakRule(
        set_.weak if threshold is None else threshold, set_.weak_attempts if min_attempts is None else min_attempts
    )


def told(rule: WeakRule) -> str:
    """A rule in words."""
    return f"level < {rule.threshold:g} with at least {rule.min_attempts} answers"


async def student_standing(info: Info, student_id: str, rule: WeakRule) -> tuple[CourseGraph, Standing]:
    """The course, and what a student knows of it."""
    graph = await info.context.services.graphs.now()
    return graph, standing(graph, await info.context.loaders.masteries_of_student.load(student_id), rule)


async def class_levels(info: Info, graph: CourseGraph, group_id: str | None) -> ClassLevels:
    """The levels on concepts of a group, or of everybody."""
    if group_id is None:
        return on_graph(await info.context.gateway.read(read_levels_of_everybody), graph)
    return on_graph(await info.context.loaders.class_levels.load((group_id, TargetKind.CONCEPT)), graph)


async def shared_causes(info: Info, group_id: str | None, rule: WeakRule, first: int) -> RootCauses:
    """The root causes of a group, or of everybody."""
    limit = bounded(first)
    graph = await info.context.services.graphs.now()
    found = await class_levels(info, graph, group_id)
    deficits = found.deficits(rule)
    return RootCauses(
        rule=f"weak: {told(rule)}; root cause: no weak ancestor; by students blocked, then students, then score",
        threshold=rule.threshold,
        min_attempts=rule.min_attempts,
        students=len(found.student_ids),
        causes=[
            RootCause(
                blocked_ids=[graph.ids[place] for place in domain.blocked_by(graph, deficits, cause.place)],
                concept_id=strawberry.ID(graph.ids[cause.place]),
                level=None,
                score=round(cause.score, 6),
                students=cause.students,
                students_blocked=cause.blocked,
                students_weak=cause.weak,
            )
            for cause in domain.find_shared_causes(graph, deficits)[:limit]
        ],
    )


async def shared_clusters(
    info: Info, group_id: str | None, rule: WeakRule, method: domain.ClusterMethod, share: float
) -> WeakClusters:
    """The clusters of a group, or of everybody."""
    if not 0 < share <= 1:
        raise InvalidInput("minShare", "must be > 0 and <= 1", str(share))
    graph = await info.context.services.graphs.now()
    found = await class_levels(info, graph, group_id)
    practised = found.attempts >= rule.min_attempts
    return WeakClusters.of(graph, domain.mean_deficit(found.deficits(rule), practised, share), rule, method)


@strawberry.type
class GroupRootCauses:
    """The fields of a group that are about root causes."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="Which few concepts hold its members back, those that block most first (Q3).")
    async def root_causes(
        self, info: Info, threshold: Threshold = None, min_attempts: MinAttempts = None, first: First = 10
    ) -> RootCauses:
        """Shared root causes."""
        return await shared_causes(info, self.id, rule_of(info, threshold, min_attempts), first)

    @strawberry.field(description="The weak concepts of the group, put together (Q3).")
    async def weak_clusters(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        method: Method = domain.ClusterMethod.ROOT_CAUSE,
        min_share: Share = 0.5,
    ) -> WeakClusters:
        """Shared clusters."""
        return await shared_clusters(info, self.id, rule_of(info, threshold, min_attempts), method, min_share)


@strawberry.type
class RootCauseQuery:
    """Queries about everybody."""

    @strawberry.field(description="Which few concepts hold students back, those that block most first (Q3).")
    async def root_causes(
        self, info: Info, threshold: Threshold = None, min_attempts: MinAttempts = None, first: First = 10
    ) -> RootCauses:
        """Root causes of everybody."""
        return await shared_causes(info, None, rule_of(info, threshold, min_attempts), first)

    @strawberry.field(description="The concepts that students are weak in, put together (Q3).")
    async def weak_clusters(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        method: Method = domain.ClusterMethod.ROOT_CAUSE,
        min_share: Share = 0.5,
    ) -> WeakClusters:
        """Clusters of everybody."""
        return await shared_clusters(info, None, rule_of(info, threshold, min_attempts), method, min_share)


@strawberry.type
class StudentRootCauses:
    """The fields of a student that are about root causes."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="Which few concepts hold them back, the largest score first (Q3).")
    async def root_causes(
        self, info: Info, threshold: Threshold = None, min_attempts: MinAttempts = None, first: First = 10
    ) -> RootCauses:
        """Root causes of one student."""
        limit, rule = bounded(first), rule_of(info, threshold, min_attempts)
        graph, state = await student_standing(info, self.id, rule)
        return RootCauses(
            rule=f"weak: {told(rule)}; root cause: no weak ancestor; by sum of threshold - level over what it blocks",
            threshold=rule.threshold,
            min_attempts=rule.min_attempts,
            students=1,
            causes=[
                RootCause(
                    blocked_ids=[graph.ids[place] for place in cause.blocks],
                    concept_id=strawberry.ID(graph.ids[cause.place]),
                    level=float(state.level[cause.place]),
                    score=cause.score,
                    students=None,
                    students_blocked=None,
                    students_weak=None,
                )
                for cause in domain.find_root_causes(graph, state.deficit)[:limit]
            ],
        )

    @strawberry.field(description="Their weak concepts, put together (Q3).")
    async def weak_clusters(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        method: Method = domain.ClusterMethod.ROOT_CAUSE,
    ) -> WeakClusters:
        """Clusters of one student."""
        rule = rule_of(info, threshold, min_attempts)
        graph, state = await student_standing(info, self.id, rule)
        return WeakClusters.of(graph, state.deficit, rule, method)

"""Root causes and clusters of weak concepts, of a student, a group or everybody."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners import root_causes as domain
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.root_causes import WeakRule
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.mastery import Status
from graph_api.schema.paging import DEFAULT_FIRST, MAX_FIRST, After, Connection, bounded, page
from graph_api.schema.paging import First as PageLength
from graph_api.usecases.computing import compute
from graph_api.usecases.learners import find_root_causes as usecase
from graph_api.usecases.learners.analyse_course import on_graph, read_levels_of_everybody
from graph_api.usecases.learners.find_root_causes import FoundCause, FoundCluster, SharedStanding, StudentBehind

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

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


@strawberry.type(description="A student whom a root cause of a group or of all students counts.")
class CauseStudent:
    """A student behind a root cause."""

    student_id: strawberry.ID = strawberry.field(description="The student's id; a pseudonym for analysts.")
    level: float = strawberry.field(description="The student's level in the root cause, 0..1.")
    status: Status = strawberry.field(
        description="What the level means: NEEDS_FOCUS, or LEARNING from there to the threshold of weakness."
    )
    attempts: int = strawberry.field(description="The number of the student's answers to it.")
    blocks: int = strawberry.field(
        description="The number of weak concepts that it blocks for the student; 0 if an earlier concept is the cause."
    )

    @strawberry.field(description="The student.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        """The student."""
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @classmethod
    def of(cls, behind: StudentBehind) -> Self:
        """The schema's view of a student behind a cause."""
        return cls(**{**behind._asdict(), "student_id": strawberry.ID(behind.student_id)})


@strawberry.type(description="A weak concept without a weak ancestor anywhere in the prerequisite graph.")
class RootCause:
    """A root cause."""

    found: strawberry.Private[FoundCause]
    scope: strawberry.Private[tuple[object, ...]]
    least: strawberry.Private[int]
    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    level: float | None = strawberry.field(description="The student's level; null for a group.")
    score: float = strawberry.field(description="Sum of threshold - level over what it blocks.")
    students: int | None = strawberry.field(description="How many students it holds back; null for one student.")
    students_blocked: int | None = strawberry.field(
        description="How many of them it blocks something weak for. Null for analysts if these are fewer than the "
        "minimum group size."
    )
    students_weak: int | None = strawberry.field(description="How many students are weak in it.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        """The concept."""
        return await Concept.load(info, self.concept_id)

    @strawberry.field(description="The weak concepts that come after it; for a group, weak for one whom it holds back.")
    async def blocks(self, info: Info) -> list[Concept]:
        """What it blocks."""
        return await Concept.load_many(info, list(self.found.blocked_ids))

    @strawberry.field(
        description="The students that `students` counts, in order of id: those without an earlier weak concept, whose "
        "root cause this is. Null for one student."
    )
    def held_back_students(
        self, first: PageLength = DEFAULT_FIRST, after: After = None
    ) -> Connection[CauseStudent] | None:
        """The students whom it holds back."""
        return self._students("held back", SharedStanding.held_back, first, after)

    @strawberry.field(
        description="The students that `studentsBlocked` counts, in order of id: those for whom this root cause blocks "
        "a weak concept. Null for one student."
    )
    def blocked_students(
        self, first: PageLength = DEFAULT_FIRST, after: After = None
    ) -> Connection[CauseStudent] | None:
        """The students for whom it blocks something."""
        return self._students("blocked", SharedStanding.blocked, first, after)

    @strawberry.field(
        description="The students that `studentsWeak` counts, in order of id: those who are weak in this concept, "
        "whether or not an earlier concept is their root cause. Null for one student."
    )
    def weak_students(self, first: PageLength = DEFAULT_FIRST, after: After = None) -> Connection[CauseStudent] | None:
        """The students who are weak in it."""
        return self._students("weak", SharedStanding.weak, first, after)

    def _students(
        self, which: str, choose: Callable[[SharedStanding, int], list[StudentBehind]], first: int, after: str | None
    ) -> Connection[CauseStudent] | None:
        wanted = page(first, after, "rootCause", which, *self.scope, self.concept_id)
        if self.found.shared is None:
            return None
        rows = choose(self.found.shared, self.found.place)
        if 0 < len(rows) < self.least:
            return None

        async def count() -> int:
            return len(rows)

        def key(behind: StudentBehind) -> list[str]:
            return [behind.student_id]

        return wanted.connection(wanted.slice(rows, key), CauseStudent.of, key, count)

    @classmethod
    def of(cls, found: FoundCause, scope: tuple[object, ...], least: int) -> Self:
        """The schema's view of a root cause; `scope` decides the lists of its students, shorter than `least` hidden."""
        return cls(
            found=found,
            scope=scope,
            least=least,
            concept_id=strawberry.ID(found.concept_id),
            level=found.level,
            score=found.score,
            students=found.students,
            students_blocked=found.students_blocked,
            students_weak=found.students_weak,
        )


@strawberry.type(description="Root causes, and the rule they were found by.")
class RootCauses:
    """An answer to Q3."""

    rule: str = strawberry.field(description="The rule in words.")
    threshold: float = strawberry.field(description="Weak is a level below this.")
    min_attempts: int = strawberry.field(description="With at least so many answers.")
    students: int = strawberry.field(description="How many students were looked at.")
    causes: list[RootCause] = strawberry.field(description="The worst first.")

    @classmethod
    def of(
        cls,
        found: Sequence[FoundCause],
        rule: WeakRule,
        order: str,
        students: int,
        group_id: str | None,
        least: int = 1,
    ) -> Self:
        """The schema's view of root causes; `order` in words."""
        scope = (group_id, rule.threshold, rule.min_attempts)
        return cls(
            rule=f"weak: {rule.in_words()}; root cause: no weak ancestor; {order}",
            threshold=rule.threshold,
            min_attempts=rule.min_attempts,
            students=students,
            causes=[RootCause.of(each, scope, least) for each in found],
        )


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

    @classmethod
    def of(cls, found: FoundCluster) -> Self:
        """The schema's view of a cluster."""
        return cls(
            cause_ids=list(found.cause_ids),
            member_ids=list(found.concept_ids),
            size=len(found.concept_ids),
            deficit=found.deficit,
        )


@strawberry.type(description="Clusters of weak concepts, and the rule they were made by.")
class WeakClusters:
    """An answer to Q3."""

    rule: str = strawberry.field(description="The rule in words.")
    threshold: float = strawberry.field(description="Weak is a level below this.")
    min_attempts: int = strawberry.field(description="With at least so many answers.")
    method: domain.ClusterMethod = strawberry.field(description="How they were put together.")
    clusters: list[WeakCluster] = strawberry.field(description="The largest deficit first.")
    left_out: int | None = strawberry.field(
        description="The number of concepts that students are weak in, but a smaller share of them than minShare. With "
        "no clusters, 1 or more means that minShare left all weak concepts out. Null for one student."
    )
    largest_share: float | None = strawberry.field(
        description="The largest share of students who are weak in one concept, among those who practised it enough, "
        "0..1: a minShare up to it finds clusters. Null for one student, and if no student is weak."
    )

    @classmethod
    def of(
        cls,
        found: Sequence[FoundCluster],
        rule: WeakRule,
        method: domain.ClusterMethod,
        left_out: int | None = None,
        largest_share: float | None = None,
    ) -> Self:
        """The schema's view of clusters."""
        return cls(
            rule=f"weak: {rule.in_words()}; {method.value}",
            threshold=rule.threshold,
            min_attempts=rule.min_attempts,
            method=method,
            clusters=[WeakCluster.of(each) for each in found],
            left_out=left_out,
            largest_share=largest_share,
        )


def rule_of(info: Info, threshold: float | None, min_attempts: int | None) -> WeakRule:
    """The rule that arguments give, or the service's."""
    return WeakRule.of(info.context.services.thresholds, threshold, min_attempts)


async def class_levels(info: Info, graph: CourseGraph, group_id: str | None) -> ClassLevels:
    """The levels on concepts of a group, or of everybody."""
    if group_id is None:
        levels = await info.context.gateway.read(read_levels_of_everybody)
    else:
        levels = await info.context.loaders.class_levels.load((group_id, TargetKind.CONCEPT))
    return await compute(on_graph, levels, graph)


async def shared_standing(info: Info, group_id: str | None, rule: WeakRule) -> SharedStanding:
    """What a group or all students know of the course."""
    graph = await info.context.services.graphs.now()
    levels = await class_levels(info, graph, group_id)
    return await compute(SharedStanding.of, graph, levels, info.context.services.thresholds, rule)


async def shared_causes(info: Info, group_id: str | None, rule: WeakRule, first: int) -> RootCauses:
    """The root causes of a group, or of everybody."""
    least = info.context.least_students
    limit, order = bounded(first), "by students blocked, then students, then score"
    shared = await shared_standing(info, group_id, rule)
    found = await compute(usecase.find_shared_causes, shared, limit, least)
    return RootCauses.of(found, rule, order, len(shared.levels.student_ids), group_id, least)


async def shared_clusters(
    info: Info, group_id: str | None, rule: WeakRule, method: domain.ClusterMethod, share: float
) -> WeakClusters:
    """The clusters of a group, or of everybody."""
    shared = await shared_standing(info, group_id, rule)
    least = info.context.least_students
    found = await compute(usecase.find_shared_clusters, shared, rule, method, share, least)
    return WeakClusters.of(found.clusters, rule, method, found.left_out, found.largest_share)


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
        graph = await info.context.services.graphs.now()
        rows = await info.context.loaders.masteries_of_student.load(self.id)
        found = (await compute(usecase.find_causes_of_student, graph, rows, rule))[:limit]
        return RootCauses.of(found, rule, "by sum of threshold - level over what it blocks", 1, None)

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
        graph = await info.context.services.graphs.now()
        rows = await info.context.loaders.masteries_of_student.load(self.id)
        found = await compute(usecase.find_clusters_of_student, graph, rows, rule, method)
        return WeakClusters.of(found, rule, method)

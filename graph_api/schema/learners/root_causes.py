"""Root causes and clusters of weak concepts, of a student, a group or all students."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners import root_causes as domain
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.weak_rules import WeakRules
from graph_api.domain.locales import Locale
from graph_api.domain.targets import Target, concept
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.analysis import MinAttempts, Threshold, analysis_of, rules_of
from graph_api.schema.learners.lists import connect
from graph_api.schema.learners.locale import LocaleArgument, name_of, phrases
from graph_api.schema.learners.scope import (
    AllCourses,
    CourseId,
    SkillCodes,
    scope_of_group,
    scope_of_student,
)
from graph_api.schema.learners.status_counts import Status
from graph_api.schema.learners.thresholds import JudgedByThresholds
from graph_api.schema.paging import DEFAULT_FIRST, MAX_FIRST, After, Connection, bounded, page
from graph_api.schema.paging import First as PageLength
from graph_api.usecases.learners import read_root_causes as usecase
from graph_api.usecases.learners.find_root_causes import (
    CauseList,
    ClusterReport,
    ConceptCluster,
    RankedCause,
    StudentBehind,
)
from graph_api.usecases.learners.read_root_causes import CauseReport

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

THRESHOLD = (
    "Levels that did not reach this counted as weak, 0..1. Without the argument `threshold`, concepts with thresholds "
    "of their own use those."
)

strawberry.enum(
    domain.ClusterMethod,
    description="How weak concepts are grouped into clusters.",
)
describe_values(
    domain.ClusterMethod,
    ROOT_CAUSE="Each weak concept goes to the cause with the largest score among its ancestors; the "
    "nearest cause wins a tie.",
    COMPONENT="Weak concepts that direct links connect are one cluster.",
)

Method = Annotated[
    domain.ClusterMethod, strawberry.argument(description="How weak concepts are grouped into clusters.")
]
Share = Annotated[
    float,
    strawberry.argument(
        description="The minimum share of weak students among those who practised a concept, > 0 and <= 1. "
        "Concepts below it are left out."
    ),
]
First = Annotated[int, strawberry.argument(description=f"The maximum number of items, 1 to {MAX_FIRST}.")]


@strawberry.type(description="A student whom a root cause of a group or of all students counts.")
class CauseStudent(JudgedByThresholds):
    cause_id: strawberry.Private[str]
    student_id: strawberry.ID = strawberry.field(description="The student's id; a pseudonym for analysts.")
    level: float = strawberry.field(description="The student's level in the root cause, 0..1.")
    status: Status = strawberry.field(
        description="The status of the level: NEEDS_FOCUS, or LEARNING if the level is at least `thresholds.focus`."
    )
    attempts: int = strawberry.field(description="The number of the student's answers to the root cause.")
    blocks: int = strawberry.field(
        description="The number of weak concepts that the root cause blocks for the student. 0 if an earlier "
        "concept is the student's root cause."
    )

    def judged(self) -> Target:
        """The root cause, whose thresholds decide the status."""
        return concept(self.cause_id)

    @strawberry.field(description="The student. Null if the student does not exist any more.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @classmethod
    def of(cls, behind: StudentBehind, cause_id: str) -> Self:
        return cls(cause_id=cause_id, **{**behind._asdict(), "student_id": strawberry.ID(behind.student_id)})


@strawberry.type(description="A root cause: a weak concept without a weak ancestor anywhere in the prerequisite graph.")
class RootCause:
    cause: strawberry.Private[RankedCause]
    scope: strawberry.Private[tuple[object, ...]]
    least: strawberry.Private[int]
    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    level: float | None = strawberry.field(
        description="The student's level in the concept, 0..1. Null for a group and for all students."
    )
    score: float = strawberry.field(
        description="The sum of threshold - level over the weak concepts that come after the concept."
    )
    students: int | None = strawberry.field(
        description="The number of students whose root cause this is. Null for one student."
    )
    students_blocked: int | None = strawberry.field(
        description="The number of students for whom the concept blocks a weak concept. Null for one student, "
        "and for analysts if it is less than the minimum group size."
    )
    students_weak: int | None = strawberry.field(
        description="The number of students who are weak in the concept. Null for one student."
    )

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.concept_id)

    @strawberry.field(
        description="The reason why the concept is a root cause, as a sentence for users, with its name and the number "
        "of `blocks`."
    )
    async def reason(self, info: Info, locale: LocaleArgument = Locale.EN) -> str:
        name = await name_of(info, concept(self.concept_id))
        return phrases(locale).say("holds_back", len(self.cause.blocked_ids), name=name)

    @strawberry.field(
        description="The weak concepts that come after the concept. For many students: weak for at least one "
        "student whose root cause this is."
    )
    async def blocks(self, info: Info) -> list[Concept]:
        return await Concept.load_many(info, list(self.cause.blocked_ids))

    @strawberry.field(
        description="The students that `students` counts, in order of id: those without an earlier weak "
        "concept. Null for one student, and for analysts if they are fewer than the minimum group "
        "size."
    )
    def held_back_students(
        self, first: PageLength = DEFAULT_FIRST, after: After = None
    ) -> Connection[CauseStudent] | None:
        return self._students(CauseList.HELD_BACK, first, after)

    @strawberry.field(
        description="The students that `studentsBlocked` counts, in order of id: those for whom the concept "
        "blocks a weak concept. Null for one student, and for analysts if they are fewer than the "
        "minimum group size."
    )
    def blocked_students(
        self, first: PageLength = DEFAULT_FIRST, after: After = None
    ) -> Connection[CauseStudent] | None:
        return self._students(CauseList.BLOCKED, first, after)

    @strawberry.field(
        description="The students that `studentsWeak` counts, in order of id: those who are weak in the "
        "concept, with or without an earlier root cause. Null for one student, and for analysts "
        "if they are fewer than the minimum group size."
    )
    def weak_students(self, first: PageLength = DEFAULT_FIRST, after: After = None) -> Connection[CauseStudent] | None:
        return self._students(CauseList.WEAK, first, after)

    def _students(self, which: CauseList, first: int, after: str | None) -> Connection[CauseStudent] | None:
        wanted = page(first, after, "rootCause", which.value, *self.scope, self.concept_id)
        students = self.cause.choose_students(which, self.least)
        make = partial(CauseStudent.of, cause_id=self.concept_id)
        return None if students is None else connect(wanted, students, make, lambda each: [each.student_id])

    @classmethod
    def of(cls, cause: RankedCause, scope: tuple[object, ...], least: int) -> Self:
        """The schema's view of a root cause; `scope` decides the lists of its students, shorter than `least` hidden."""
        return cls(
            cause=cause,
            scope=scope,
            least=least,
            concept_id=strawberry.ID(cause.concept_id),
            level=cause.level,
            score=cause.score,
            students=cause.students,
            students_blocked=cause.students_blocked,
            students_weak=cause.students_weak,
        )


@strawberry.type(description="Root causes, and the rule that selected them.")
class RootCauses:
    rule: str = strawberry.field(description="The rule, as a sentence for users.")
    threshold: float = strawberry.field(description=THRESHOLD)
    min_attempts: int = strawberry.field(description="The minimum number of answers of a weak concept.")
    students: int = strawberry.field(description="The number of students that were examined.")
    causes: list[RootCause] = strawberry.field(
        description="The root causes: for one student the largest score first, otherwise the most students "
        "blocked first."
    )

    @classmethod
    def of(cls, report: CauseReport, group_id: str | None = None, least: int = 1) -> Self:
        scope = (group_id, report.weak.default.threshold, report.weak.default.min_attempts)
        return cls(
            rule=report.rule,
            threshold=report.weak.default.threshold,
            min_attempts=report.weak.default.min_attempts,
            students=report.students,
            causes=[RootCause.of(each, scope, least) for each in report.causes],
        )


@strawberry.type(description="A cluster of weak concepts.")
class WeakCluster:
    cause_ids: strawberry.Private[list[str]]
    member_ids: strawberry.Private[list[str]]
    size: int = strawberry.field(description="The number of weak concepts in the cluster.")
    deficit: float = strawberry.field(
        description="The sum of threshold - level over the concepts. For many students, of the mean level of "
        "those who are weak."
    )

    @strawberry.field(description="The root causes of the cluster.")
    async def causes(self, info: Info) -> list[Concept]:
        return await Concept.load_many(info, self.cause_ids)

    @strawberry.field(description="All concepts of the cluster, root causes included, in order of id.")
    async def concepts(self, info: Info) -> list[Concept]:
        return await Concept.load_many(info, self.member_ids)

    @classmethod
    def of(cls, cluster: ConceptCluster) -> Self:
        return cls(
            cause_ids=list(cluster.cause_ids),
            member_ids=list(cluster.concept_ids),
            size=len(cluster.concept_ids),
            deficit=cluster.deficit,
        )


@strawberry.type(description="Clusters of weak concepts, and the rule that formed them.")
class WeakClusters:
    rule: str = strawberry.field(description="The rule, as a sentence for users.")
    threshold: float = strawberry.field(description=THRESHOLD)
    min_attempts: int = strawberry.field(description="The minimum number of answers of a weak concept.")
    method: domain.ClusterMethod = strawberry.field(description="How the clusters were formed.")
    clusters: list[WeakCluster] = strawberry.field(description="The clusters, the largest deficit first.")
    excluded_count: int | None = strawberry.field(
        description="The number of weak concepts left out because the share of weak students is less than "
        "minShare. Null for one student."
    )
    largest_share: float | None = strawberry.field(
        description="The largest share of weak students in one concept, among those who practised the concept "
        "enough, 0..1. A minShare up to this gives clusters. Null for one student, and if no "
        "student is weak."
    )

    @classmethod
    def of(cls, report: ClusterReport) -> Self:
        return cls(
            rule=report.rule,
            threshold=report.weak.default.threshold,
            min_attempts=report.weak.default.min_attempts,
            method=report.method,
            clusters=[WeakCluster.of(each) for each in report.clusters],
            excluded_count=report.excluded_count,
            largest_share=report.largest_share,
        )


async def shared_causes(info: Info, group_id: str | None, rule: WeakRules, first: int, scope: Scope) -> RootCauses:
    """The root causes of a group, or of all students, that are relevant to a scope."""
    limit, analysis = bounded(first), await analysis_of(info)
    report = await usecase.read_shared_causes(analysis, group_id, rule, limit, scope)
    return RootCauses.of(report, group_id, analysis.least_students)


@strawberry.type
class GroupRootCauses:
    """The fields of a group about root causes."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="The root causes of the members' weak concepts: the most students blocked first.")
    async def root_causes(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        first: First = 10,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> RootCauses:
        rule = await rules_of(info, threshold, min_attempts)
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses)
        return await shared_causes(info, self.id, rule, first, scope)

    @strawberry.field(description="The clusters of the members' weak concepts.")
    async def weak_clusters(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        method: Method = domain.ClusterMethod.ROOT_CAUSE,
        min_share: Share = 0.5,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> WeakClusters:
        rule, analysis = await rules_of(info, threshold, min_attempts), await analysis_of(info)
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses)
        report = await usecase.read_shared_clusters(analysis, self.id, rule, method, min_share, scope)
        return WeakClusters.of(report)


@strawberry.type
class RootCauseQuery:
    """Queries about all students."""

    @strawberry.field(description="The root causes of all students' weak concepts: the most students blocked first.")
    async def root_causes(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        first: First = 10,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
    ) -> RootCauses:
        rule = await rules_of(info, threshold, min_attempts)
        return await shared_causes(info, None, rule, first, await scope_of_group(info, None, skill_codes, course_id))

    @strawberry.field(description="The clusters of all students' weak concepts.")
    async def weak_clusters(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        method: Method = domain.ClusterMethod.ROOT_CAUSE,
        min_share: Share = 0.5,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
    ) -> WeakClusters:
        rule, analysis = await rules_of(info, threshold, min_attempts), await analysis_of(info)
        scope = await scope_of_group(info, None, skill_codes, course_id)
        report = await usecase.read_shared_clusters(analysis, None, rule, method, min_share, scope)
        return WeakClusters.of(report)


@strawberry.type
class StudentRootCauses:
    """The fields of a student about root causes."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="The root causes of the student's weak concepts: the largest score first.")
    async def root_causes(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        first: First = 10,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> RootCauses:
        limit, rule = bounded(first), await rules_of(info, threshold, min_attempts)
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        return RootCauses.of(await usecase.read_causes_of_student(await analysis_of(info), self.id, rule, limit, scope))

    @strawberry.field(description="The clusters of the student's weak concepts.")
    async def weak_clusters(
        self,
        info: Info,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        method: Method = domain.ClusterMethod.ROOT_CAUSE,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> WeakClusters:
        rule = await rules_of(info, threshold, min_attempts)
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        return WeakClusters.of(
            await usecase.read_clusters_of_student(await analysis_of(info), self.id, rule, method, scope)
        )

"""The evidence for prerequisite links, and suggestions for curriculum authors."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Self, TypeVar

import strawberry

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links import suggestions as domain
from graph_api.domain.course.links import verdicts
from graph_api.domain.course.links.suggestions import SuggestionKind
from graph_api.domain.course.links.verdicts import Verdict
from graph_api.domain.locales import Locale
from graph_api.domain.targets import concept
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.locale import LocaleArgument, name_of, phrases
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, Page, length_of, page

DIGITS = 4
Row = TypeVar("Row")
Node = TypeVar("Node")

strawberry.enum(Verdict, name="LinkVerdict", description="What the first answers of students say of a link.")
describe_values(
    Verdict,
    SUPPORTED="Students who show the prerequisite show the concept more often than unconnected pairs explain.",
    UNSUPPORTED="The odds ratio is clearly below 2.5 times that of unconnected pairs. Nearly all true links are above.",
    CONTRADICTED="The odds ratio is clearly below 1.5 times that of unconnected pairs: students do without.",
    TOO_FEW_ANSWERS="The answers decide nothing: a side has fewer than 10 students, or the interval is wide.",
)
strawberry.enum(SuggestionKind, name="LinkSuggestionKind", description="Why an author should look at a link.")
describe_values(
    SuggestionKind,
    CONTRADICTED_LINK="The verdict of the link is CONTRADICTED.",
    UNSUPPORTED_LINK="The verdict of the link is UNSUPPORTED.",
    REDUNDANT_LINK="The link follows from others: a longer path leads there too.",
    MISSING_LINK="Two concepts go together, and no path, common prerequisite or third concept explains it.",
)

GroupId = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only answers of members of this group. Null: all students whom the caller sees."),
]


@strawberry.type(
    description="The evidence for a prerequisite link in the first answers of students. A student shows a concept if "
    "most of the first five answers to the concept are correct."
)
class LinkEvidence:
    prerequisite_id: strawberry.ID = strawberry.field(description="The id of the concept that comes before.")
    concept_id: strawberry.ID = strawberry.field(description="The id of the concept that comes after.")
    verdict: Verdict = strawberry.field(description="What the answers say. 5 % false discoveries over all links.")
    students_with: int | None = strawberry.field(
        description="The number of students who show the prerequisite and answered both concepts. Null, as all "
        "figures, if there are fewer than 10 with or without, or fewer than an analyst may read about."
    )
    students_without: int | None = strawberry.field(
        description="The number of students who do not show the prerequisite and answered both concepts."
    )
    share_with: float | None = strawberry.field(
        description="The share of students with the prerequisite who show the concept, 0..1."
    )
    share_without: float | None = strawberry.field(
        description="The share of students without the prerequisite who show the concept, 0..1."
    )
    odds_ratio: float | None = strawberry.field(
        description="The odds of showing the concept with the prerequisite, divided by the odds without, among "
        "students of like ability (Mantel and Haenszel). 1: no difference."
    )
    low: float | None = strawberry.field(
        description="The lower end of the 95 % interval of the odds ratio, which includes how much unconnected "
        "pairs vary."
    )
    high: float | None = strawberry.field(description="The upper end of this interval.")

    @strawberry.field(description="The concept that comes before. Null if it does not exist any more.")
    async def prerequisite(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.prerequisite_id)

    @strawberry.field(description="The concept that comes after. Null if it does not exist any more.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.concept_id)

    @classmethod
    def of(cls, graph: CourseGraph, row: tuple[int, verdicts.LinkEvidence]) -> Self:
        """The schema's view of the evidence for a link, from its place in the list and the evidence."""
        evidence = row[1]
        having, lacking = evidence.having, evidence.lacking
        return cls(
            prerequisite_id=strawberry.ID(graph.ids[evidence.link.prerequisite]),
            concept_id=strawberry.ID(graph.ids[evidence.link.concept]),
            verdict=evidence.verdict,
            students_with=having and having.students,
            students_without=lacking and lacking.students,
            share_with=_rounded(having and having.share),
            share_without=_rounded(lacking and lacking.share),
            odds_ratio=_rounded(evidence.odds_ratio),
            low=_rounded(evidence.low),
            high=_rounded(evidence.high),
        )


@strawberry.type(description="A link that an author should check, remove or consider. Nothing is changed by itself.")
class LinkSuggestion:
    suggestion: strawberry.Private[domain.Suggestion]
    kind: SuggestionKind = strawberry.field(description="Why the link deserves a look.")
    evidence: LinkEvidence = strawberry.field(description="The two concepts, and the figures of the link.")

    @strawberry.field(description="The suggestion, as a sentence for users, with the names of the concepts.")
    async def message(self, info: Info, locale: LocaleArgument = Locale.EN) -> str:
        before, after = self.evidence.prerequisite_id, self.evidence.concept_id
        names = await name_of(info, concept(before)), await name_of(info, concept(after))
        return domain.describe_suggestion(phrases(locale), self.suggestion, *names)

    @strawberry.field(description="What to do, as a sentence for users.")
    def action(self, locale: LocaleArgument = Locale.EN) -> str:
        return domain.describe_action(phrases(locale), self.suggestion)

    @classmethod
    def of(cls, graph: CourseGraph, row: tuple[int, domain.Suggestion]) -> Self:
        """The schema's view of a suggestion, from its place in the list and the suggestion."""
        place, suggestion = row
        return cls(
            suggestion=suggestion, kind=suggestion.kind, evidence=LinkEvidence.of(graph, (place, suggestion.evidence))
        )


@strawberry.type
class CheckedLinks:
    """The fields of the health of the graph that compare links with answers."""

    graph: strawberry.Private[CourseGraph]

    @strawberry.field(
        description="The evidence for each link in the answers: contradicted links first, then unsupported, supported "
        "and undecided ones, each from the lowest odds ratio. Teachers see answers of their students. Analysts see no "
        "figures about fewer students than the minimum group size."
    )
    async def link_evidence(
        self, info: Info, group_id: GroupId = None, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[LinkEvidence]:
        wanted = page(first, after, "link_evidence", group_id, key=(int,))
        evidence = (await info.context.loaders.link_analyses.load(group_id)).evidence
        return _listed(wanted, evidence, partial(LinkEvidence.of, self.graph))

    @strawberry.field(
        description="What an author should look at: contradicted, unsupported and redundant links, and missing ones, "
        "strongest first within each kind. Missing links together close no cycle and none follows from others; 1 % "
        "false discoveries over all pairs. Access as linkEvidence."
    )
    async def suggestions(
        self, info: Info, group_id: GroupId = None, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[LinkSuggestion]:
        wanted = page(first, after, "link_suggestions", group_id, key=(int,))
        suggestions = (await info.context.loaders.link_analyses.load(group_id)).suggestions
        return _listed(wanted, suggestions, partial(LinkSuggestion.of, self.graph))

    @strawberry.field(
        description="The odds ratio of pairs of concepts that no path connects: what links are compared with. 1 if "
        "there are fewer than 20 such pairs with enough answers; missing links are not sought then. Access "
        "as linkEvidence."
    )
    async def unconnected_odds_ratio(self, info: Info, group_id: GroupId = None) -> float:
        analysis = await info.context.loaders.link_analyses.load(group_id)
        return round(analysis.baseline.odds_ratio, DIGITS)


def _listed(wanted: Page, items: Sequence[Row], node_of: Callable[[tuple[int, Row]], Node]) -> Connection[Node]:
    """A page of a list whose cursors are places in it."""
    rows = wanted.slice(list(enumerate(items)), _place)
    return wanted.connection(rows, node_of, _place, length_of(items))


def _place(row: tuple[int, object]) -> tuple[int]:
    return row[:1]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)

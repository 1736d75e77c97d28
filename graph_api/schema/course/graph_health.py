"""The health of the prerequisite graph."""

from typing import Self

import strawberry

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.schema.context import Info
from graph_api.schema.course.link_evidence import CheckedLinks


@strawberry.type(description="A prerequisite link.")
class PrerequisiteLink:
    prerequisite_id: strawberry.ID = strawberry.field(description="What comes before.")
    concept_id: strawberry.ID = strawberry.field(description="What comes after.")


@strawberry.type(
    description="The shape of the prerequisite graph. It has no cycles: a link that closes one is refused."
)
class GraphHealth(CheckedLinks):
    concepts: int = strawberry.field(description="How many concepts.")
    links: int = strawberry.field(description="How many prerequisite links.")
    depth: int = strawberry.field(description="Links on the longest chain.")
    longest_chain: list[strawberry.ID] = strawberry.field(description="A longest chain, from its beginning.")
    components: int = strawberry.field(description="Parts that hang together.")
    largest_component: int = strawberry.field(description="Concepts in the largest of them.")
    orphans: list[strawberry.ID] = strawberry.field(description="Concepts without any link.")
    redundant_links: list[PrerequisiteLink] = strawberry.field(
        description="Links that follow from others: a longer way leads there too."
    )

    @classmethod
    def of(cls, graph: CourseGraph) -> Self:
        """The schema's view of a graph."""
        return cls(
            graph=graph,
            concepts=len(graph.ids),
            links=sum(map(len, graph.before)),
            depth=max(graph.depth, default=0),
            longest_chain=[strawberry.ID(graph.ids[place]) for place in graph.longest_chain],
            components=len(graph.components),
            largest_component=max(map(len, graph.components), default=0),
            orphans=[strawberry.ID(key) for key in graph.orphans],
            redundant_links=[
                PrerequisiteLink(prerequisite_id=strawberry.ID(before), concept_id=strawberry.ID(after))
                for before, after in graph.redundant_links
            ],
        )


@strawberry.type
class GraphHealthQuery:
    """Queries about the prerequisite graph."""

    @strawberry.field(description="The health of the prerequisite graph.")
    async def graph_health(self, info: Info) -> GraphHealth:
        return GraphHealth.of(await info.context.loaders.now())

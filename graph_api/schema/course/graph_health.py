"""Whether the prerequisite graph is as it should be."""

import strawberry

from graph_api.schema.context import Info


@strawberry.type(description="A prerequisite link.")
class PrerequisiteLink:
    """A link."""

    prerequisite_id: strawberry.ID = strawberry.field(description="What comes before.")
    concept_id: strawberry.ID = strawberry.field(description="What comes after.")


@strawberry.type(description="How the prerequisite graph is. It has no cycles: links that would close one are refused.")
class GraphHealth:
    """The health of the graph (Q11)."""

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


@strawberry.type
class GraphHealthQuery:
    """Queries about the prerequisite graph."""

    @strawberry.field(description="The health of the prerequisite graph.")
    async def graph_health(self, info: Info) -> GraphHealth:
        """The health of the graph."""
        graph = await info.context.services.graphs.now()
        components = graph.components
        return GraphHealth(
            concepts=len(graph.ids),
            links=sum(map(len, graph.before)),
            depth=max(graph.depth, default=0),
            longest_chain=[strawberry.ID(graph.ids[place]) for place in graph.longest_chain],
            components=len(components),
            largest_component=max(map(len, components), default=0),
            orphans=[strawberry.ID(key) for key in graph.orphans],
            redundant_links=[
                PrerequisiteLink(prerequisite_id=strawberry.ID(before), concept_id=strawberry.ID(after))
                for before, after in graph.redundant_links
            ],
        )

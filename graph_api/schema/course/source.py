"""The framework that a concept or skill was imported from."""

from typing import Self

import strawberry

from graph_api.domain.course import source as domain


@strawberry.type(
    description="Where a concept or skill comes from: the published framework that it was imported from, such as a "
    "CASE package."
)
class Source:
    framework: str = strawberry.field(description="The title of the framework.")
    uri: str | None = strawberry.field(
        description="The address of the item in the framework. Null if the framework states none."
    )
    code: str | None = strawberry.field(
        description="The human code of the item, such as 3.NF.A.1. Null if the framework states none."
    )
    licence: str | None = strawberry.field(
        description="The title or address of the licence of the item. Null if the framework states none."
    )

    @classmethod
    def of(cls, source: domain.Source | None) -> Self | None:
        """The schema's view of a source."""
        if source is None:
            return None
        return cls(framework=source.framework, uri=source.uri, code=source.code, licence=source.licence)

"""The schema as files, for clients' build tools: its SDL, and which types are behind interfaces and unions."""

from collections.abc import Awaitable, Callable
from functools import cache

from graphql import GraphQLSchema, is_abstract_type
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from strawberry.schema import BaseSchema

SDL, POSSIBLE_TYPES = "/schema.graphql", "/possible-types.json"
HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


def possible_types(schema: GraphQLSchema) -> dict[str, list[str]]:
    """The object types behind each interface and union, by name: `possibleTypes` of Apollo's `InMemoryCache`.

    >>> from graphql import build_schema
    >>> types = "interface I { x: Int } type A implements I { x: Int } type B { y: Int }"
    >>> possible_types(build_schema(f"union U = B | A {types}"))
    {'I': ['A'], 'U': ['A', 'B']}
    """
    return {
        name: sorted(kind.name for kind in schema.get_possible_types(schema.type_map[name]))  # type: ignore[arg-type]
        for name in sorted(schema.type_map)
        if is_abstract_type(schema.type_map[name])
    }


def file_routes(schema: BaseSchema) -> list[Route]:
    """`/schema.graphql`, as `graph-api schema` prints it, and `/possible-types.json`."""
    sdl = Response(_text_of(schema), headers=HEADERS, media_type="text/plain")  # type: ignore[arg-type]  # its objects can be hashed
    types = JSONResponse(possible_types(schema._schema), headers=HEADERS)  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    return [Route(SDL, _always(sdl)), Route(POSSIBLE_TYPES, _always(types))]


@cache
def _text_of(schema: BaseSchema) -> str:
    """Printed once for all applications of a process: it takes longer than the rest of making one."""
    return schema.as_str() + "\n"


def _always(response: Response) -> Callable[[Request], Awaitable[Response]]:
    async def reply(_request: Request) -> Response:
        return Response(response.body, headers=dict(response.headers))

    return reply

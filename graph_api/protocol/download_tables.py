"""`GET /groups/{id}/levels.csv`, `roster.csv` and `weak.csv`: the tables of a class view as files.

Each is the reply to documents of the service's own, run for the caller as any other operation.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graph_api.domain.failures import Failure, GroupNotFound
from graph_api.domain.principals import Role
from graph_api.execution.operation_outcomes import time_limit
from graph_api.execution.retry_after import whole_seconds
from graph_api.protocol.cached_replies import describe, etag_of
from graph_api.protocol.class_tables import (
    DOCUMENTS,
    LEVELS,
    MEMBERS,
    NAMES,
    ROSTER,
    TABLES,
    Cell,
    Choices,
    level_rows,
    parse_parameters,
    roster_rows,
    weak_rows,
)
from graph_api.protocol.csv_cells import csv_text
from graph_api.protocol.failure_replies import STATUSES, failure_reply
from graph_api.protocol.http import GraphQLView
from graph_api.protocol.http_errors import ErrorResponse, media_type_of
from graph_api.protocol.json_replies import encode
from graph_api.protocol.websocket import RETRY_AFTER
from graph_api.schema.context import Context
from graph_api.schema.node import MOST_NODES, node_id
from graph_api.usecases.computing import compute

FOLDER = "/groups/"
"""How the addresses of all tables begin."""
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
NAME_LENGTH = 80
CODES = {kind.code: status for kind, status in STATUSES} | {"BAD_REQUEST": 400, "INVALID_INPUT": 400}
"""The status of an error of an operation by its code."""

__all__ = ["DOCUMENTS", "FOLDER", "ClassTables"]


class OperationFailed(Exception):
    """An operation behind a table has errors; `errors` are as clients see them."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = errors


class ClassTables:
    """The endpoints of the tables, behind the same schema as `/graphql`."""

    def __init__(self, view: GraphQLView) -> None:
        self._view = view

    def routes(self) -> list[Route]:
        """An address for each table. The id of a group may have slashes."""
        return [Route(f"{FOLDER}{{group_id:path}}/{name}.csv", self._endpoint(name)) for name in TABLES]

    def _endpoint(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def reply(request: Request) -> Response:
            try:
                async with time_limit(self._view.limits.seconds):
                    return await self._serve(name, request)
            except Failure as failure:
                return failure_reply(failure)
            except OperationFailed as failed:
                return _errors(request, failed.errors)
            except TimeoutError:
                message = f"this took longer than {self._view.limits.seconds:g} s and was given up"
                return ErrorResponse(503, message, headers={"Retry-After": whole_seconds(RETRY_AFTER)})

        return reply

    async def _serve(self, name: str, request: Request) -> Response:
        table = TABLES[name]
        variables, choices = parse_parameters(table, request.query_params.multi_items())
        group_id = request.path_params["group_id"]
        reading = Reading(self._view, request, group_id)
        rows = await reading.rows(table.document, variables, choices)
        body = await compute(csv_text, rows)
        file = f"{name}-{UNSAFE.sub('_', group_id)[:NAME_LENGTH]}.csv"
        headers = {
            "Content-Disposition": f'attachment; filename="{file}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-cache",
        }
        response = Response(body, headers=headers, media_type="text/csv")
        if describe(request.scope, response, etag_of(body)):
            known = {name: response.headers[name] for name in ("etag", "cache-control", "vary")}
            return Response(status_code=304, headers=known)
        return response


class Reading:
    """The operations behind one table, for the caller of a request."""

    def __init__(self, view: GraphQLView, request: Request, group_id: str) -> None:
        self._view, self._request, self._group_id = view, request, group_id

    async def rows(self, document: str, variables: dict[str, Any], choices: Choices) -> Iterator[list[Cell]]:
        """The rows of a table.

        Raises:
            GroupNotFound: the group does not exist, or the caller may not see it.
            OperationFailed: an operation has errors.
        """
        if document == LEVELS:
            heatmap = (await self._run(LEVELS, variables))["group"]["heatmap"]
            return level_rows(heatmap, await self._names(), await self._titles(heatmap), choices)
        if document == ROSTER:
            return roster_rows(await self._pages(document, variables, lambda data: data["students"]), choices)
        return weak_rows(await self._pages(document, variables, lambda data: data["group"]["members"]), choices)

    async def _names(self) -> dict[str, str] | None:
        """The names of the members; None for an analyst, who sees pseudonyms and no names."""
        context: Context = await self._view.get_context(self._request, Response())
        if context.principal.role is Role.ANALYST:
            return None
        members = await self._pages(MEMBERS, {}, lambda data: data["group"]["members"])
        return {each["id"]: each["name"] for each in members}

    async def _titles(self, heatmap: dict[str, Any]) -> dict[str, str]:
        """The names of the columns by id."""
        kind, keys = heatmap["kind"].capitalize(), heatmap["targetIds"]
        titles: dict[str, str] = {}
        for start in range(0, len(keys), MOST_NODES):
            some = keys[start : start + MOST_NODES]
            nodes = (await self._run(NAMES, {"ids": [node_id(kind, key) for key in some]}))["nodes"]
            titles |= {key: node["name"] for key, node in zip(some, nodes, strict=True) if node is not None}
        return titles

    async def _pages(
        self, document: str, variables: dict[str, Any], connection_of: Callable[[Any], Any]
    ) -> list[dict[str, Any]]:
        """The nodes of all pages of a connection."""
        nodes: list[dict[str, Any]] = []
        after = None
        while True:
            page = connection_of(await self._run(document, {**variables, "after": after}))
            nodes += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return nodes
            after = page["pageInfo"]["endCursor"]

    async def _run(self, document: str, variables: dict[str, Any]) -> Any:  # noqa: ANN401 - what the reply holds
        """The data of an operation, as its reply over GraphQL has it."""
        context = await self._view.get_context(self._request, Response())
        given = variables if document == NAMES else {"group": self._group_id, **variables}
        result = await self._view.schema.execute(document, variable_values=given, context_value=context)
        if result.errors:
            raise OperationFailed([self._view.as_seen(error) for error in result.errors])
        data = orjson.loads(await encode(result.data))
        if "group" in data and data["group"] is None:
            raise GroupNotFound("group", "must exist", self._group_id, [self._group_id])
        return data


def _errors(request: Request, errors: list[dict[str, Any]]) -> Response:
    """The errors of an operation, as a reply of GraphQL has them."""
    code = errors[0]["extensions"]["code"]
    status = CODES.get(code, 500 if code == "INTERNAL" else 400)
    headers = {"Cache-Control": "no-store"}
    if wait := errors[0]["extensions"].get("retryAfter"):
        headers["Retry-After"] = whole_seconds(wait)
    body = orjson.dumps({"errors": errors})
    return Response(body, status, headers, media_type_of(request.scope))

"""Resolvers parse, call and map: each has fewer than ten lines, so that rules stay in use cases and the domain."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

MOST_LINES = 9
REGISTERED = ("strawberry.field", "mutation", "strawberry.subscription")

EXCEPTIONS = {
    "learners/recency.recompute_recency",
    "operations/run.run_progress",
}
"""Resolvers that still have more lines. This set only shrinks: remove a name when its resolver is short."""

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(source: str) -> Iterator[Function]:
    """The resolvers of a module, and the helpers that take their `info`; not the hooks of field extensions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function) and node.name != "resolve_async":
            decorators = [ast.unparse(each) for each in node.decorator_list]
            hints = [ast.unparse(each.annotation) for each in node.args.args if each.annotation]
            if any(each.startswith(REGISTERED) for each in decorators) or "Info" in hints:
                yield node


def count_lines(function: Function) -> int:
    """The lines of the body, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.fixture(scope="module")
def lines(repository: Path) -> dict[str, int]:
    """The lines of each resolver of the schema, by module and name; of two with one name, those of the longer."""
    folder, longest = repository / "graph_api" / "schema", dict[str, int]()
    for path in sorted(folder.rglob("*.py")):
        for function in functions_of(path.read_text(encoding="utf-8")):
            name = f"{path.relative_to(folder).with_suffix('')}.{function.name}"
            longest[name] = max(longest.get(name, 0), count_lines(function))
    return longest


def test_a_resolver_has_fewer_than_ten_lines(lines: dict[str, int]) -> None:
    assert len(lines) > 100, "resolvers are found"
    assert {name: number for name, number in lines.items() if number > MOST_LINES and name not in EXCEPTIONS} == {}


def test_no_exception_is_needless(lines: dict[str, int]) -> None:
    assert {name for name in EXCEPTIONS if lines.get(name, 0) <= MOST_LINES} == set()


def test_lines_of_a_resolver_are_counted() -> None:
    source = '''
@strawberry.type
class Query:
    @strawberry.field(description="A sum.")
    async def total(self, info: Info) -> int:
        """The sum."""
        first = 1

        return first + 2

    async def helper(self, info: Info) -> int:
        return 1

    def plain(self) -> int:
        return 1
'''
    assert [(each.name, count_lines(each)) for each in functions_of(source)] == [("total", 3), ("helper", 1)]

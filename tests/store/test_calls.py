"""Calls of statements in `graph_api/store`: each passes the parameters, and expects the rows, of its statement."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from graph_api.store.cypher_files import VIEWER, Statement, load
from graph_api.store.packaged import packaged
from graph_api.store.viewers import MIN_SIZE

STORE = Path(__file__).parents[2] / "graph_api" / "store"
STATEMENTS = load(packaged("cypher"))
SHAPES = {shape: shape for shape in ("many", "one", "optional", "value", "nothing")} | {
    "each": "many",
    "stream": "many",
}
SET_BY_TRANSACTION = {VIEWER, MIN_SIZE}
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
ROWS_OF_CALLERS = {"viewers", "erasures", "rows", "orders"}
"""Modules whose functions are passed rows of statements that other modules run."""


class Call(NamedTuple):
    """A call of a statement in a function; `is_open` if it also passes a mapping, whose keys only exist at run time."""

    place: str
    statement: Statement
    method: str
    params: frozenset[str]
    is_open: bool


def names_in(node: ast.AST | None, held: Mapping[str, list[str]] | None = None) -> list[str]:
    """The names of statements that an expression holds, as values or keys, or through constants."""
    names: list[str] = []
    for part in ast.walk(node) if node is not None else ():
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value in STATEMENTS:
            names.append(part.value)
        elif isinstance(part, ast.Name) and part.id.isupper():
            names += (held or {}).get(part.id, [])
    return names


def tables(tree: ast.AST, outer: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The names of statements that each variable may hold: by assignment, or as the target of a loop over a table."""
    held = dict(outer)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                    if isinstance(name, ast.Name) and (names := names_in(node.value, held)):
                        held[name.id] = names
    for node in ast.walk(tree):
        if isinstance(node, ast.comprehension | ast.For):
            over = [
                name for part in ast.walk(node.iter) if isinstance(part, ast.Name) for name in held.get(part.id, ())
            ]
            held |= {part.id: over for part in ast.walk(node.target) if isinstance(part, ast.Name) and over}
    return held


def functions(module: Path) -> Iterator[tuple[Function, dict[str, list[str]]]]:
    """Every function of a module, with the names of statements that its variables may hold."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    of_module = tables(ast.Module([node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)], []), {})
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, tables(node, of_module)


def calls_in(module: Path, function: Function, held: Mapping[str, list[str]]) -> Iterator[Call]:
    """Every call in a function, one for each statement that it may run."""
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        method = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
        if method not in {*SHAPES, "fetch"}:
            continue
        first = node.args[0].value if isinstance(node.args[0], ast.Subscript) else node.args[0]
        names = held.get(first.id, []) if isinstance(first, ast.Name) else names_in(first)
        params = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
        is_open = any(keyword.arg is None for keyword in node.keywords)
        for name in names:
            yield Call(f"{module.name}:{node.lineno}", STATEMENTS[name], method, params, is_open)


def columns_read(function: Function) -> frozenset[str]:
    """The columns that a function reads from a variable called `row`."""
    return frozenset(
        node.slice.value
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "row"
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    )


MODULES = sorted(STORE.glob("*.py"))
CALLS = {
    path: [call for function, held in functions(path) for call in calls_in(path, function, held)] for path in MODULES
}
"""The calls of each module; those in a nested function come twice."""


def test_calls_are_followed_to_their_statements() -> None:
    followed = {call.statement.name for calls in CALLS.values() for call in calls}
    others = {name: STATEMENTS[name] for name in STATEMENTS.keys() - followed}

    assert others.pop("service/ping").params == frozenset()  # the gateway runs its text
    assert {name.partition("/")[0] for name in others} == {"restore"}  # `backups` passes each name and its rows
    assert {(statement.returns, *statement.params) for statement in others.values()} == {("value", "rows")}


@pytest.mark.parametrize("module", [path for path in MODULES if CALLS[path]], ids=lambda path: path.stem)
def test_calls_pass_the_parameters_of_their_statements(module: Path) -> None:
    for call in CALLS[module]:
        params = call.statement.params - SET_BY_TRANSACTION
        assert call.method == "fetch" or SHAPES[call.method] == call.statement.returns, call
        assert call.params <= params, f"unknown parameter: {call}"
        assert call.is_open or call.params == params, f"missing parameter: {call}"


@pytest.mark.parametrize(
    "module", [path for path in MODULES if path.stem not in ROWS_OF_CALLERS and CALLS[path]], ids=lambda path: path.stem
)
def test_functions_read_columns_that_their_statements_return(module: Path) -> None:
    """A function that runs no statement reads rows of any statement of its module."""
    for function, held in functions(module):
        own = list(calls_in(module, function, held)) or CALLS[module]
        returned = {column for call in own for column in call.statement.columns}
        assert columns_read(function) <= returned, f"{module.name}:{function.name}"

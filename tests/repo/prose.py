"""Every passage that a person reads: Markdown, descriptions, messages, docstrings and names of tests."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FENCE = re.compile(r"^ *```")
CODE_SPAN = re.compile(r"``.+?``|`[^`\n]+`")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
END_OF_SENTENCE = re.compile(r"(?<=[.!?])(?<![ (.][A-Z][.])(?<!e[.]g[.])(?<!i[.]e[.])[)\"*]* +(?=[A-Z0-9*(])")
DESCRIPTION = re.compile(r'"""(.*?)"""', re.DOTALL)


@dataclass(frozen=True)
class Passage:
    """One line of text, with its place."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text.strip()}"


def passages(root: Path, tracked: list[Path]) -> Iterator[Passage]:
    """All text in the repository's files that is written for people, one line each, without code."""
    for path in tracked:
        yield from _passages(path, path.relative_to(root).as_posix())


@cache
def _passages(path: Path, name: str) -> Sequence[Passage]:
    """Those of one file, which several tests look through."""
    return [Passage(name, line, plain(text)) for line, text in _lines(path, name)]


def plain(text: str) -> str:
    """The words of a line: code spans become one word, links keep their text.

    >>> plain("See `a b` in [the docs](x.md).")
    'See CODE in the docs.'
    """
    return LINK.sub(r"\1", CODE_SPAN.sub("CODE", text))


def markdown_lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines outside fenced code.

    >>> list(markdown_lines(chr(10).join(["# A", "```sh", "make", "```", "B."])))
    [(1, '# A'), (5, 'B.')]
    """
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def sentences(text: str) -> list[str]:
    """The sentences of one line of Markdown, without its list mark. A bold term in front of a text is not a sentence.

    >>> sentences("- **Key.** It is random. Keep it.")
    ['It is random.', 'Keep it.']
    """
    body = re.sub(r"^\s*(?:[-*] |\d+\. |> )?(?:\*\*[^*]+[.:]\*\*:? *)?", "", text)
    return [part for part in END_OF_SENTENCE.split(body) if part]


def _lines(path: Path, name: str) -> Iterator[tuple[int, str]]:
    match path.suffix:
        case ".md":
            yield from markdown_lines(path.read_text(encoding="utf-8"))
        case ".py":
            yield from _python(path.read_text(encoding="utf-8"), messages=name.startswith("graph_api/"))
        case ".graphql" if path.name == "schema.graphql":
            yield from _descriptions(path.read_text(encoding="utf-8"))
        case ".cypher":
            yield from _comments(path.read_text(encoding="utf-8"), "//")
        case _ if path.name == ".env.example":
            yield from _comments(path.read_text(encoding="utf-8"), "#")
        case _ if path.name == "Makefile":
            yield from _comments(path.read_text(encoding="utf-8"), "##")


def _comments(text: str, mark: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if mark in line:
            yield number, line.partition(mark)[2]


def _descriptions(text: str) -> Iterator[tuple[int, str]]:
    for match in DESCRIPTION.finditer(text):
        first = text.count("\n", 0, match.start()) + 1
        yield from enumerate(match.group(1).splitlines(), first)


def _python(text: str, *, messages: bool) -> Iterator[tuple[int, str]]:
    """Docstrings and names of tests; with `messages` every string literal of several words as well."""
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    parts = {id(value) for node in nodes if isinstance(node, ast.JoinedStr) for value in node.values}
    parts |= {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test_"):
                yield node.lineno, name.removeprefix("test_").replace("_", " ")
            case ast.Expr(value=ast.Constant(value=str(docstring))):
                yield from _without_doctests(docstring, node.lineno)
            case ast.JoinedStr() if messages:
                words = [str(part.value) if isinstance(part, ast.Constant) else "CODE" for part in node.values]
                yield node.lineno, "".join(words)
            case ast.Constant(value=str(message)) if messages and " " in message and id(node) not in parts:
                yield node.lineno, message
            case _:
                pass


def _without_doctests(docstring: str, first: int) -> Iterator[tuple[int, str]]:
    example = False
    for number, line in enumerate(docstring.splitlines(), first):
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        if not example:
            yield number, line

"""The GraphQL documents of README and docs, each as files that clients read: `python -m tests.clients.documents`."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXTRACTED = Path(__file__).parent / "documents" / "extracted"
FENCED = re.compile(r"^```graphql\n(.*?)^```(?:\n+```json\n(.*?)^```)?", re.DOTALL | re.MULTILINE)
"""A document, and the variables that stand right after it."""
CURL = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
BODY = re.compile(r"-d '(\{.*?\})'", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """One document, with the variables that the page shows for it."""

    name: str
    text: str
    variables: dict[str, Any] = field(default_factory=dict)


def papers(root: Path = ROOT) -> list[Path]:
    """The Markdown files for users."""
    return sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("seeds/*.md")])


def documents(root: Path = ROOT) -> list[Document]:
    """Every fenced GraphQL document and every GraphQL request by curl, in the order of the pages.

    Anonymous operations are named after their place, because code generators require names.
    """
    operations = []
    for paper in papers(root):
        text = paper.read_text(encoding="utf-8")
        bodies = [json.loads(body) for block in CURL.findall(text) for body in BODY.findall(block)]
        requests: list[tuple[str, dict[str, Any]]] = [
            (block, json.loads(variables or "{}")) for block, variables in FENCED.findall(text)
        ]
        requests += [(body["query"], body.get("variables", {})) for body in bodies if "query" in body]
        place = re.sub(r"\W", "_", paper.relative_to(root).with_suffix("").as_posix())
        operations += [
            Document(f"{place}_{number}", named(query, f"{place}_{number}"), variables)
            for number, (query, variables) in enumerate(requests, 1)
        ]
    return operations


def named(query: str, name: str) -> str:
    """The document with a name for its operation, if it has none.

    >>> named("{ serviceInfo { name } }", "info")
    'query info { serviceInfo { name } }'
    >>> named("mutation($id: ID!) { deleteStudent(id: $id) { __typename } }", "erase")
    'mutation erase($id: ID!) { deleteStudent(id: $id) { __typename } }'
    """
    if query.lstrip().startswith("{"):
        return f"query {name} {query.lstrip()}"
    return re.sub(r"^(\s*)(query|mutation|subscription)(?=\s*[({])", rf"\1\2 {name}", query, count=1)


def extract(folder: Path = EXTRACTED) -> list[Document]:
    """Write each document, and its variables, to the folder in place of its contents."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    operations = documents()
    for each in operations:
        (folder / f"{each.name}.graphql").write_text(each.text, encoding="utf-8")
        (folder / f"{each.name}.json").write_text(json.dumps(each.variables), encoding="utf-8")
    return operations


if __name__ == "__main__":
    extract()

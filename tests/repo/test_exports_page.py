"""docs/exports.md has the columns of every kind of export as they are written."""

from pathlib import Path

import pytest

from graph_api.domain.operations.export_columns import ExportKind
from graph_api.domain.operations.export_kinds import KINDS


def section(kind: ExportKind) -> str:
    """The part of the page about a kind."""
    since = f"`--since` compares: {kind.recorded}." if kind.recorded else "Always whole: it has no `--since`."
    who = "" if kind.is_for_analysts else "\nNot for analysts: it names people."
    rows = "\n".join(
        f"| `{each.name}` | {each.type.value} | {'yes' if each.is_nullable else 'no'} | {each.meaning} | "
        f"{each.privacy.value if kind.is_for_analysts else 'not exported'} |"
        for each in kind.columns
    )
    head = "| column | type | nullable | meaning | analysts see |\n|---|---|---|---|---|"
    return f"### {kind.name}\n\nA row: {kind.row}.\n{since}{who}\n\n{head}\n{rows}\n"


@pytest.mark.parametrize("name", KINDS)
def test_the_page_has_every_column(repository: Path, name: str) -> None:
    assert section(KINDS[name]) in (repository / "docs" / "exports.md").read_text(encoding="utf-8")

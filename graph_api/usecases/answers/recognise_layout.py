"""Which layout a file has: by its header, the keys of its first object, its schema, or its first line."""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from graph_api.usecases.answers.answer_layouts import Layout
from graph_api.usecases.answers.layout_files import layouts
from graph_api.usecases.answers.metadata_files import RowFile, open_rows


class Head(NamedTuple):
    """The beginning of a file: the names of its columns, and the same as one line of text."""

    names: Sequence[str]
    line: str


def read_head(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Head:
    """The beginning of a file.

    Raises:
        BadFile: it cannot be read.
        OSError: it cannot be opened.
    """
    with open_rows(path, encoding=encoding, delimiter=delimiter) as file:
        return Head(file.header, file.delimiter.join(file.header))


def recognise(head: Head, known: Mapping[str, Layout] | None = None) -> str | None:
    """The name of the layout with the most signs in the beginning of a file; None if no layout fits.

    >>> recognise(Head(["user_id", "skill_name", "correct", "order_id"], ""))
    'pybkt'
    """
    scores = {
        name: score
        for name, layout in (layouts() if known is None else known).items()
        if (score := _score(layout, head)) is not None
    }
    return max(scores, key=lambda name: scores[name], default=None)


def describe(head: Head) -> str | None:
    """What a file seems to be and what to do with it; None if it is unknown."""
    name = recognise(head)
    if name is None:
        return None
    layout = layouts()[name]
    return f"this looks like {layout.parts.advice or f'{layout.parts.title}: use --layout {name}'}"


def _score(layout: Layout, head: Head) -> int | None:
    """How many signs of a layout a file has; None if it lacks one."""
    signs, names = layout.parts.signs, set(head.names)
    if signs.line is not None:
        return 2 if re.search(signs.line, head.line) else None
    if not signs.columns or names & set(signs.without):
        return None
    held = [bool(names.intersection(alternatives)) for alternatives in signs.columns]
    return len(held) if all(held) else None


def open_layout(
    path: Path, layout: Layout, encoding: str | None, delimiter: str | None, columns: Sequence[str]
) -> AbstractContextManager[RowFile]:
    """Open a file as its layout describes it.

    Raises:
        BadFile: it cannot be read.
        OSError: it cannot be opened.
    """
    text = layout.parts.file
    return open_rows(
        path,
        encoding=encoding or text.encoding,
        second_encoding=text.second_encoding,
        delimiter=delimiter or text.delimiter,
        columns=columns,
        names=text.names,
    )

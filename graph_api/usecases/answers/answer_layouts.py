"""Layouts of answer files: which column holds what."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graph_api.usecases.answers.answer_columns import COLUMNS


class Layout:
    """Which column holds what; None where a file has no such column.

    A file has `at` (times), or `order` (a number that grows with time), or is in order of time. A cell of concepts or
    skills is one id or name, or a list of them. `skill_prefix` goes before every skill code. A row with a digest was
    exported. Its skills are all that it counts towards; `blocks` and `years` are their tags, in the same order.

    >>> Layout(skill="kc", order="n").columns()
    {'student': 'student_id', 'correct': 'correct', 'skill': 'kc', 'order': 'n'}
    >>> Layout(skill="kc").at
    """

    __slots__ = ("_columns", "skill_prefix")

    def __init__(
        self, *, student: str = "student_id", correct: str = "correct", skill_prefix: str = "", **others: str | None
    ) -> None:
        named = {"student": student, "correct": correct, **others}
        if unknown := named.keys() - COLUMNS.keys():
            raise TypeError(f"unknown columns: {', '.join(sorted(unknown))}")
        self._columns = {name: column for name in COLUMNS if (column := named.get(name)) is not None}
        self.skill_prefix = skill_prefix

    def columns(self) -> dict[str, str]:
        """The columns by what they hold."""
        return dict(self._columns)

    def with_columns(self, columns: Mapping[str, str | None], skill_prefix: str | None = None) -> "Layout":
        """This layout with other columns, None for a column that it loses, and with another prefix unless None."""
        prefix = self.skill_prefix if skill_prefix is None else skill_prefix
        changed: dict[str, str | None] = {**self._columns, **columns}
        return Layout(skill_prefix=prefix, **changed)  # type: ignore[arg-type]  # student and correct stay named

    if TYPE_CHECKING:
        correct: str

    def __getattr__(self, name: str) -> str | None:
        if name not in COLUMNS:
            raise AttributeError(name)
        return self._columns.get(name)


LAYOUTS = {
    "export": Layout(
        **{column.name: column.attribute for column in COLUMNS.values() if column.is_exported},
    ),
    "assistments": Layout(student="user_id", skill="skill_name", question="item_id", skill_prefix="assistments-"),
    "pybkt": Layout(student="user_id", skill="skill_name", order="order_id", skill_prefix="pybkt-"),
}
"""Layouts by name: what `graph-api export answers` writes, ASSISTments 2009 as preprocessed for research, pyBKT."""

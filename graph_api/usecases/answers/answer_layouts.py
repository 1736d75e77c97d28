"""Layouts of answer files: which column holds what, and how the rows are read."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graph_api.usecases.answers.answer_columns import COLUMNS
from graph_api.usecases.answers.layout_parts import LayoutParts

PATTERN = "re:"
"""What a name begins with that is a pattern of names."""

Names = str | Sequence[str]


class Layout:
    """Which column holds what; None where a file has no such column. A list of names holds alternatives.

    A file has `at` (times), or `order` (a number that grows with time), or is in order of time. A cell of concepts or
    skills is one id or name, or a list of them. `skill_prefix` goes before every skill code. A row with a digest was
    exported. Its skills are all that it counts towards; `blocks` and `years` are their tags, in the same order.
    `evidence_id` names the evidence parameters that weigh the answers of a file that has no column of them; None: those
    in effect. Columns in `required` must be in the file, even if others could lack them.

    >>> Layout(skill="kc", order=["n", "row"]).columns()
    {'student': 'student_id', 'correct': 'correct', 'skill': 'kc', 'order': 'n'}
    >>> Layout(skill="kc", order=["n", "row"]).resolved(["kc", "row"]).order
    'row'
    >>> Layout(skill="kc").at
    """

    __slots__ = ("_names", "evidence_id", "parts", "required", "skill_prefix")

    def __init__(  # noqa: PLR0913 - what a layout has besides columns
        self,
        *,
        student: Names = "student_id",
        correct: Names = "correct",
        skill_prefix: str = "",
        evidence_id: str | None = None,
        required: Collection[str] = (),
        parts: LayoutParts = LayoutParts(),  # noqa: B008 - frozen
        **others: Names | None,
    ) -> None:
        named = {"student": student, "correct": correct, **others}
        if unknown := named.keys() - COLUMNS.keys():
            raise TypeError(f"unknown columns: {', '.join(sorted(unknown))}")
        self._names: dict[str, tuple[str, ...]] = {
            name: (names,) if isinstance(names, str) else tuple(names)
            for name in COLUMNS
            if (names := named.get(name)) is not None
        }
        self.skill_prefix, self.evidence_id, self.required = skill_prefix, evidence_id, frozenset(required)
        self.parts = parts

    def columns(self) -> dict[str, str]:
        """The columns by what they hold; of alternatives the first one."""
        return {name: names[0] for name, names in self._names.items()}

    def alternatives(self) -> dict[str, tuple[str, ...]]:
        """The names that each column can have, best first."""
        return dict(self._names)

    def resolved(self, header: Sequence[str]) -> "Layout":
        """This layout with the names of a header. A column that it lacks, or has several of, keeps its names."""
        choices = {name: _choices(names, header) for name, names in self._names.items()}
        return self._with(columns={name: names for name, names in choices.items() if len(names) == 1})

    def candidates(self, name: str, header: Sequence[str]) -> list[str]:
        """The columns of a header that could equally be the column."""
        return _choices(self._names.get(name, ()), header)

    def with_columns(self, columns: Mapping[str, Names | None], skill_prefix: str | None = None) -> "Layout":
        """This layout with other columns, None for a column that it loses, and with another prefix unless None."""
        return self._with(columns=columns, skill_prefix=skill_prefix)

    def weighed_by(self, evidence_id: str) -> "Layout":
        """This layout with other evidence parameters, whatever a column of the file names."""
        return self._with(columns={"evidence": None}, evidence_id=evidence_id)

    def with_parts(self, **parts: Any) -> "Layout":  # noqa: ANN401 - of any part
        """This layout with other parts."""
        return self._with(columns={}, parts=replace(self.parts, **parts))

    def _with(
        self,
        columns: Mapping[str, Names | None],
        skill_prefix: str | None = None,
        evidence_id: str | None = None,
        parts: LayoutParts | None = None,
    ) -> "Layout":
        changed: dict[str, Any] = {**self._names, **columns}  # student and correct stay named
        return Layout(
            skill_prefix=self.skill_prefix if skill_prefix is None else skill_prefix,
            evidence_id=self.evidence_id if evidence_id is None else evidence_id,
            required=self.required,
            parts=self.parts if parts is None else parts,
            **changed,
        )

    if TYPE_CHECKING:
        correct: str

    def __getattr__(self, name: str) -> str | None:
        if name not in COLUMNS:
            raise AttributeError(name)
        names = self._names.get(name)
        return names[0] if names else None


def _choices(names: Sequence[str], header: Sequence[str]) -> list[str]:
    """The first alternative that a header has; all columns that match if it is a pattern."""
    for name in names:
        if name.startswith(PATTERN):
            pattern = re.compile(name.removeprefix(PATTERN))
            if matching := [each for each in dict.fromkeys(header) if pattern.fullmatch(each)]:
                return matching
        elif name in header:
            return [name]
    return []

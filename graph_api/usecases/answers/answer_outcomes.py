"""Whether an answer is correct: by words, by the right answer beside it, or by its share of the points."""

from collections.abc import Sequence

from graph_api.domain.failures import InvalidInput, shown
from graph_api.usecases.answers.answer_cells import CellRules
from graph_api.usecases.answers.answer_layouts import Layout
from graph_api.usecases.answers.layout_rows import ShapedFile
from graph_api.usecases.csv_records import BadFile


class OutcomeReader:
    """Reads the outcome of the rows of one file: the columns are looked up once."""

    def __init__(self, layout: Layout, rules: CellRules, file: ShapedFile) -> None:
        self._rule, self._rules, self._column = layout.parts.outcome, rules, layout.correct
        self._place = next(iter(file.positions(layout.correct)), 0)
        self._key = self._find(file, self._rule.key) if self._rule.key is not None else None
        out_of = self._rule.out_of
        self._most = _number(out_of)
        self._out_of = self._find(file, out_of) if self._rule.points and self._most is None else None
        self._words = (frozenset(self._rule.correct or ()), frozenset(self._rule.incorrect))

    @property
    def is_needed(self) -> bool:
        """Whether the layout has a rule of its own."""
        return self._rule.points or self._key is not None or self._rule.correct is not None

    def correct(self, cells: Sequence[str]) -> bool:
        """Whether the answer is correct.

        Raises:
            InvalidInput: the cell is empty, or none of the outcomes.
        """
        text = self._value(cells, self._place)
        if self._key is not None:
            return text.casefold() == self._value(cells, self._key).casefold()
        if self._rule.points:
            return self.score(cells) >= self._rule.pass_mark
        correct, incorrect = self._words
        word = text.lower().removesuffix(".0")
        if word in correct:
            return True
        if word in incorrect:
            return False
        rule = f"must be {', '.join(sorted(correct))} (correct), or {', '.join(sorted(incorrect))} (incorrect)"
        raise InvalidInput(self._column, rule, shown(text))

    def score(self, cells: Sequence[str]) -> float:
        """The share of the points, 0..1.

        Raises:
            InvalidInput: the cell is no number, or beyond the most points.
        """
        text = self._value(cells, self._place)
        points, most = self._rules.number(text, self._column), self._most
        if most is None and self._out_of is not None:
            most = self._rules.number(self._value(cells, self._out_of), self._column)
        if not most or not 0 <= points <= most:
            raise InvalidInput(self._column, f"must be from 0 to the most points, {most or 0:g}", shown(text))
        return points / most

    def _value(self, cells: Sequence[str], place: int) -> str:
        value = self._rules.value(cells[place])
        if value is None:
            raise InvalidInput(self._column, "must not be empty", shown(cells[place]))
        return value

    def _find(self, file: ShapedFile, column: str) -> int:
        places = file.positions(column)
        if not places:
            raise BadFile("line 1", f"the header must name the column {column!r}, which decides what is correct")
        return places[0]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

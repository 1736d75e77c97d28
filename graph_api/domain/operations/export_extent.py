"""The part of the graph that an export covers."""

from collections.abc import Callable
from dataclasses import dataclass

from graph_api.domain.operations.recorded_time import ALL_TIMES, RecordedTime


@dataclass(frozen=True, slots=True)
class Extent:
    """The part of the graph that an export covers.

    Attributes:
        student_id: only this student; None for all.
        recorded: only rows recorded at these times.
        order: what students are sorted by; None for their ids. Under pseudonyms rows are in order of these, because the
            order of ids would reveal them.
    """

    student_id: str | None = None
    recorded: RecordedTime = ALL_TIMES
    order: Callable[[str], str] | None = None


WHOLE = Extent()
"""Everything."""

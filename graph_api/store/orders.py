"""The order of answers (B6) as columns of rows, and of the last answer that a state was folded from.

A column that is missing or null belongs to an answer from before sequence numbers were stored: see
`graph_api.domain.answers.order`.
"""

from graph_api.domain.answers.order import UNNUMBERED, Order
from graph_api.store.gateway import Row
from graph_api.store.times import as_text, as_time


def decode_order(row: Row) -> Order:
    """The place of an answer, from the columns at, recorded_at, sequence and id; times are text."""
    recorded_at = row["recorded_at"]
    return Order.of(as_time(row["at"]), recorded_at and as_time(recorded_at), row["sequence"], row["id"])


def encode_last(last: Order | None) -> Row:
    """The columns of a state's last answer, but its time, which each kind of state names itself.

    All null for a state without answers.
    """
    if last is None:
        return {"last_recorded_at": None, "last_sequence": None, "last_answer_id": None}
    numbered = last.sequence != UNNUMBERED
    return {
        "last_recorded_at": as_text(last.recorded_at) if numbered else None,
        "last_sequence": last.sequence if numbered else None,
        "last_answer_id": last.answer_id,
    }


def decode_last(row: Row, at: str) -> Order:
    """The place of a state's last answer, the inverse of `encode_last`."""
    recorded_at = row["last_recorded_at"]
    return Order.of(as_time(at), recorded_at and as_time(recorded_at), row["last_sequence"], row["last_answer_id"])

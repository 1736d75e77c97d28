"""Topics in the graph: beside the level on the mastery edges of skills."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph_api.domain.answers import Difficulty
from graph_api.domain.targets import skill
from graph_api.domain.topic import Average, Scored, Topic
from graph_api.store.answers import Pair
from graph_api.store.gateway import Row, Transaction
from graph_api.store.orders import decode_last, decode_order, encode_last
from graph_api.store.times import as_text


class StoredTopic(NamedTuple):
    """A topic, and the version of the parameters it was folded under."""

    topic: Topic
    set_id: str


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, dict[str, StoredTopic]]:
    """The topics of each student, by skill code."""
    found: dict[str, dict[str, StoredTopic]] = defaultdict(dict)
    for row in await tx.many("mastery/list_topics_of_students", student_ids=sorted(set(student_ids))):
        found[row["student_id"]][row["skill_code"]] = _decode(row["topic"], row)
    return found


async def read_scored(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, list[Scored]]:
    """Every scored answer of each pair, in no particular order."""
    found: dict[Pair, list[Scored]] = defaultdict(list)
    wanted = [{"student_id": student_id, "target": target.key} for student_id, target in pairs]
    for row in await tx.many("answer/list_scored_on_skills", pairs=wanted):
        scores = row["semantic_score"], row["keyword_score"], row["response_time"]
        found[row["student_id"], skill(row["target"])].append(Scored(decode_order(row), row["correct"], *scores))
    return found


async def put(tx: Transaction, topics: Mapping[Pair, Topic], set_id: str) -> None:
    """Write topics in place."""
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    for (student_id, target), topic in topics.items():
        rows[student_id][target.key] = _row(topic, set_id)
    await tx.value("mastery/put_topics", students=[{"id": student_id, "rows": of} for student_id, of in rows.items()])


def _row(topic: Topic, set_id: str) -> Row:
    if topic.last is None:
        raise ValueError("a topic without answers is not kept")
    averages = {"semantic": topic.semantic, "keyword": topic.keyword, "seconds": topic.seconds}
    return {
        "mastery": topic.mastery,
        "last_mastery": topic.last_mastery,
        "velocity": topic.velocity,
        **{name: average.raw for name, average in averages.items()},
        **{f"{name}_count": average.n for name, average in averages.items()},
        "attempted": topic.attempted,
        "correct": topic.correct,
        "good": topic.good,
        "poor": topic.poor,
        "difficulty": topic.difficulty.value,
        "last_at": as_text(topic.last.at),
        **encode_last(topic.last),
        "set_id": set_id,
    }


def _decode(stored: Row, last: Row) -> StoredTopic:
    def average(name: str) -> Average:
        return Average(stored[f"topic_{name}"], stored[f"topic_{name}_count"])

    plain = ("mastery", "last_mastery", "velocity", "attempted", "correct", "good", "poor")
    topic = Topic(
        semantic=average("semantic"),
        keyword=average("keyword"),
        seconds=average("seconds"),
        difficulty=Difficulty(stored["topic_difficulty"]),
        last=decode_last(last, last["last_at"]),
        **{name: stored[f"topic_{name}"] for name in plain},
    )
    return StoredTopic(topic, stored["topic_set_id"])

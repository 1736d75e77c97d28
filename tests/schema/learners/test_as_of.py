"""`asOf` looks at the past: the reply is that of a graph in which only the answers given by then were ever recorded.

Random classes with free-text answers, some recorded after answers that were given later. The second graph is another
one, written from scratch, and queried without `asOf` by a service whose clock is at the moment.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_api.schema.services import Services
from tests.conftest import NOW, Ask
from tests.schema.small_class import EXAMPLES, SmallClass, small_classes

pytestmark = pytest.mark.usefixtures("parameter_sets")

MASTERY = """level status attempts correct accuracy lastPracticedAt kind concept { id } skill { code } parameters { id }
  interval { low high } confidence recency { score } retrievability"""
DUE = f"retrievability halfLifeDays lastPracticedAt mastery {{ {MASTERY} }}"
RISK = """rule membersChecked atRiskCount students { studentId reasons { __typename message
  ... on FallingTrend { recentAnswers recentAccuracy beforeAnswers beforeAccuracy } ... on FallingTopic { skillCode velocity }
  ... on RootCauseReason { conceptId blocks level status }
  ... on Stagnation { missedIds stuckIds stuck { conceptId level status attempts } }
  ... on Inactivity { lastPracticedAt days } } }"""
DRAWN = "priority uncappedPriority record { conceptId attempts timesMissed stagnationCount samplingMastery lastSeen }"


def document(as_of: str) -> str:
    """Every field with an `asOf`, and levelAt."""
    comma = f"{as_of}, " if as_of else ""
    alone = f"({as_of})" if as_of else ""
    return f"""query($at: DateTime!) {{
      group(id: "g") {{ atRisk({comma}stuckAttempts: 2, minAttempts: 1, drop: 0.1, first: 9) {{ {RISK} }} }}
      students(first: 9) {{ nodes {{ id
        concepts: due({comma}below: 1, minLevel: 0, first: 9) {{ {DUE} }}
        skills: due({comma}below: 1, kind: SKILL, first: 9) {{ {DUE} }}
        s0: sampleConcepts({comma}skillCode: "s0", count: 9, seed: 1) {{ {DRAWN} }}
        s1: sampleConcepts({comma}skillCode: "s1", count: 9, seed: 1) {{ {DRAWN} }}
        levelAt(skillCode: "s1", at: $at) mastery(skillCode: "s1") {{ retrievability{alone} }} }} }} }}"""


class Past(SmallClass):
    """A class of which only some answers were ever recorded."""

    until: datetime | None = None
    late: int = 1

    def answers(self) -> list[dict[str, Any]]:
        """The answers given by then, over two months; every few are recorded last."""
        sent = super().answers()
        for place, each in enumerate(sent):
            given_at = NOW - (NOW - datetime.fromisoformat(each["at"])) * 13
            each["at"] = (given_at - timedelta(seconds=place)).isoformat()
            if "semanticScore" in each:
                each["semanticScore"] = each["keywordScore"] = (place * 7 % 10) / 10
                for one in each["sampled"]:
                    one["mentioned"] = place % 4 == 0
        sent = [each for n, each in enumerate(sent) if n % self.late] + sent[:: self.late]
        return [each for each in sent if self.until is None or datetime.fromisoformat(each["at"]) <= self.until]


def past_of(small: SmallClass, until: datetime | None, late: int) -> Past:
    past = Past(small.concepts, small.practised, small.missed, small.members, small.students)
    past.until, past.late = until, late
    return past


CLASS = SmallClass(
    concepts={
        "c0": {"prerequisiteIds": [], "skillCodes": ["s0"]},
        "c1": {"prerequisiteIds": ["c0"], "skillCodes": ["s1"]},
    },
    practised={"p0": {"c0": "111000", "c1": "110000"}, "p1": {"c1": "111111", "s0": "10"}},
    missed={"p0": ["c0", "c1"], "p1": ["c1"]},
    members=["p0", "p1", "p2"],
    students=["p0", "p1", "p2"],
)


@EXAMPLES
@example(small=CLASS, hours=250, late=2)
@example(small=CLASS, hours=4, late=3)
@given(
    small=small_classes(),
    hours=st.sampled_from([0.3, 1, 4, 30, 100, 250, 400, 700, 1500]),
    late=st.integers(2, 4),
)
async def test_as_of_a_moment_is_the_graph_of_that_moment(
    ask: Ask, raw: Ask, services: Services, small: SmallClass, hours: float, late: int
) -> None:
    at = NOW - timedelta(hours=hours)
    await past_of(small, None, late).write(ask, raw)
    seen = await ask(document(f'asOf: "{at.isoformat()}"'), at=at.isoformat())

    await past_of(small, at, late).write(ask, raw)
    clock = services.clock
    object.__setattr__(services, "clock", lambda: at)  # the services are frozen
    try:
        expected = await ask(document(""), at=at.isoformat())
    finally:
        object.__setattr__(services, "clock", clock)
    for reply in (seen, expected):
        for student in reply["students"]["nodes"]:
            for due in (*student["concepts"], *student["skills"]):
                due["mastery"].pop("recency")  # the second graph computed one as of NOW
    assert seen == expected


async def test_as_of_now_agrees_with_no_moment_and_in_september_no_failure_of_november_counts(
    ask: Ask, raw: Ask
) -> None:
    await past_of(CLASS, None, 2).write(ask, raw)
    later = await ask(document(f'asOf: "{NOW.isoformat()}"'), at=NOW.isoformat())
    reasons = {each["__typename"] for one in later["group"]["atRisk"]["students"] for each in one["reasons"]}
    assert {"Stagnation", "RootCauseReason"} <= reasons

    early = (NOW - timedelta(days=400)).isoformat()
    before = await ask(document(f'asOf: "{early}"'), at=early)
    causes = [each for one in before["group"]["atRisk"]["students"] for each in one["reasons"]]
    assert [(each["__typename"], each["message"]) for each in causes] == [("Inactivity", "never practised")] * 3
    assert all(not student["concepts"] and not student["skills"] for student in before["students"]["nodes"])
    drawn = [one for student in before["students"]["nodes"] for one in (*student["s0"], *student["s1"])]
    assert drawn
    assert all(one["record"]["attempts"] == 0 for one in drawn)


async def test_as_of_costs_the_same_number_of_statements_for_any_class(
    ask: Ask, raw: Ask, statements_seen: list[str]
) -> None:
    spent = []
    for size in (1, 12):
        names = [f"p{n}" for n in range(size)]
        practised = dict.fromkeys(names, CLASS.practised["p0"])
        missed = {name: ["c0", "c1"] for name in names}
        await past_of(SmallClass(CLASS.concepts, practised, missed, names, names), None, 2).write(ask, raw)
        statements_seen.clear()
        await ask(
            f'query {{ group(id: "g") {{ atRisk(asOf: "{NOW.isoformat()}") {{ atRiskCount students {{ studentId }} }} }} }}'
        )
        spent.append(sorted(statements_seen))
    assert max(map(len, spent)) <= 16, spent

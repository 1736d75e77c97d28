"""Random small classes, written and read over GraphQL on the real engine, for laws about what replies say together."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from tests.conftest import NOW, Ask
from tests.graph_copy import empty
from tests.sizes import size

EXAMPLES = settings(
    max_examples=int(os.environ.get("GRAPH_API_TEST_AGREEMENT", size(3, 25))),
    derandomize="GRAPH_API_TEST_AGREEMENT" not in os.environ,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # an example takes a second, so shrinking one takes minutes
    suppress_health_check=list(HealthCheck),
)
SETS = {
    "agreement-known": {"prior": 0.97, "learn": 0.1, "guess": 0.2, "slip": 0.1},
    "agreement-half": {"prior": 0.55, "learn": 0.05, "guess": 0.3, "slip": 0.2},
    "agreement-flat": {"prior": 0.42, "learn": 0.01, "guess": 0.45, "slip": 0.4},
}
"""Sets whose priors differ from the defaults': MASTERED if there were answers, above weak, and weak but LEARNING."""

WRITE = """mutation($skills: [SkillInput!]!, $concepts: [ConceptInput!]!, $students: [StudentInput!]!, $group: GroupInput!,
  $answers: RecordAnswersInput!, $at: DateTime!) {
  upsertSkills(input: $skills) { __typename }
  upsertConcepts(input: $concepts) { __typename ... on Failure { message } }
  upsertStudents(input: $students) { __typename }
  upsertGroup(input: $group) { __typename }
  recordAnswers(input: $answers) { __typename ... on RecordAnswersPayload { outcomes { __typename ... on Failure { message } } } }
  recomputeRecency(input: {asOf: $at}) { __typename }
}"""
THRESHOLDS = "thresholds { mastered focus weak weakAttempts comparison }"
OWN = """mutation($courses: [CourseInput!]!) { upsertCourses(input: $courses) { __typename ... on Failure { message } } }"""
PUT_THRESHOLDS = (
    "mutation($input: ThresholdsInput!) { putThresholds(input: $input) { __typename ... on Failure { message } } }"
)
BEHIND = "totalCount nodes { studentId level status attempts blocks student { id } }"
CAUSES = f"""rule threshold minAttempts students causes {{ conceptId level score students studentsBlocked studentsWeak
  blocks {{ id }} heldBackStudents(first: 4) {{ {BEHIND} }} blockedStudents(first: 4) {{ {BEHIND} }} weakStudents(first: 4) {{ {BEHIND} }} }}"""
CLUSTERS = "rule threshold minAttempts clusters { size deficit causes { id } concepts { id } }"
MASTERY = f"""kind level status attempts correct accuracy lastPracticedAt concept {{ id }} skill {{ code }} retrievability(asOf: $at)
  weakRule {{ measure threshold minAttempts comparison }} {THRESHOLDS} recency {{ score status }} parameters {{ id prior guess slip }}"""
STUDENT = f"""id masteries(first: 6) {{ totalCount nodes {{ {MASTERY} }} }}
  weakConcepts: weakSkills(kind: CONCEPT, threshold: $below, minAttempts: $least, first: 6) {{ {MASTERY} }}
  weakSkills(threshold: $below, minAttempts: $least, first: 6) {{ {MASTERY} }}
  weakByRecency(first: 6) {{ {MASTERY} }}
  readyToLearn(threshold: $below, minAttempts: $least, first: 6) {{ conceptId level status attempts unlocksWeak threshold
    minAttempts masteredFrom {THRESHOLDS} }}
  toReview(first: 6) {{ id }}
  rootCauses(threshold: $below, minAttempts: $least, first: 6) {{ {CAUSES} }}
  byCause: weakClusters(threshold: $below, minAttempts: $least) {{ {CLUSTERS} }}
  byLink: weakClusters(threshold: $below, minAttempts: $least, method: COMPONENT) {{ {CLUSTERS} }}
  dueConcepts: due(asOf: $at, below: 1, minLevel: 0, first: 6) {{ retrievability below minLevel lastPracticedAt mastery {{ {MASTERY} }} }}
  due(asOf: $at, below: 1, first: 6) {{ below minLevel mastery {{ level concept {{ id }} skill {{ code }} }} }}
  answers(first: 200) {{ totalCount nodes {{ correct conceptIds skillCodes }} }}
  learningCurve(longest: 60) {{ opportunity answers incorrect errorRate }}"""
TARGET = f"""mastery({{0}}) {{{{ {MASTERY.replace("{", "{{").replace("}", "}}")} }}}}
  explain{{n}}: explain({{0}}, last: 50) {{{{ level status rule attempts {THRESHOLDS.replace("{", "{{").replace("}", "}}")}
    parameters {{{{ id prior guess slip }}}} steps {{{{ before pCorrect after correct }}}} }}}}
  forecast{{n}}: forecast({{0}}) {{{{ level pNextCorrect threshold answersToMastery }}}}
  levelAt{{n}}: levelAt({{0}}, at: $at)
  simulate{{n}}: simulate({{0}}, outcomes: [true]) {{{{ before pCorrect }}}}"""
GROUP = f"""size members(first: 6) {{ totalCount nodes {{ id }} }}
  concepts: distribution(kind: CONCEPT) {{ ...Distribution }} skills: distribution(kind: SKILL) {{ ...Distribution }}
  conceptMap: heatmap(kind: CONCEPT) {{ studentIds targetIds levels attempts }}
  skillMap: heatmap(kind: SKILL) {{ studentIds targetIds levels attempts }}
  rootCauses(threshold: $below, minAttempts: $least, first: 6) {{ {CAUSES} }}
  weakClusters(threshold: $below, minAttempts: $least) {{ {CLUSTERS} }}
  learningCurve(longest: 60) {{ opportunity answers incorrect errorRate }}
  atRisk(asOf: $at, threshold: $below, minAttempts: $least, stuckAttempts: $stuck, first: 6) {{ rule membersChecked atRiskCount
    threshold minAttempts masteredFrom stuckAttempts drop inactiveDays students {{ studentId reasons {{ __typename message
      ... on RootCauseReason {{ conceptId blocks level status threshold }}
      ... on Stagnation {{ missedIds stuckIds threshold stuckAttempts stuck {{ conceptId level status attempts }} concepts {{ id }} }}
      ... on Inactivity {{ lastPracticedAt days }} }} }} }}"""
DISTRIBUTION = f"""fragment Distribution on ClassDistribution {{ students targets defined total coverage meanLevel
  statuses {{ status count share }} {THRESHOLDS} hardest(minStudents: 1, first: 6) {{ students meanLevel needFocus
    concept {{ id }} skill {{ code }} }} }}"""

OUTCOMES = st.one_of(
    st.sampled_from(["", "1", "1" * 6, "0" * 12, "1" * 12, "0" * 6, "111110", "0" * 5 + "1"]),
    st.text("01", max_size=12),
)


@dataclass(frozen=True)
class SmallClass:
    """What is drawn: links and parts of concepts, their sets, and by student the outcomes of answers to each concept."""

    concepts: dict[str, dict[str, Any]]
    practised: dict[str, dict[str, str]]
    missed: dict[str, list[str]]
    members: list[str]
    students: list[str]
    skills: list[str] = field(default_factory=lambda: ["s0", "s1"])
    courses: dict[str, list[str]] = field(default_factory=dict)
    sets: list[dict[str, Any]] = field(default_factory=list)

    def answers(self) -> list[dict[str, Any]]:
        """The answers as a client sends them, every third an hour apart and the last just before NOW."""
        sent: list[dict[str, Any]] = []
        for student, of_concepts in self.practised.items():
            for place, (concept, outcomes) in enumerate(of_concepts.items()):
                for n, each in enumerate(outcomes):
                    ago = timedelta(hours=7 * (len(outcomes) - n) + 90 * place, minutes=len(sent) % 60)
                    target = {"skillCodes": [concept]} if concept in self.skills else {"conceptIds": [concept]}
                    sent.append({"studentId": student, "correct": each == "1", "at": (NOW - ago).isoformat(), **target})
        for student, concepts in self.missed.items():
            for n in range(3):
                sampled = [{"conceptId": key, "mentioned": False} for key in concepts]
                scores = {"semanticScore": 0.4, "keywordScore": 0.4, "sampled": sampled}
                at = (NOW - timedelta(minutes=3 - n)).isoformat()
                sent.append({"studentId": student, "skillCodes": ["s1"], "at": at, **scores})
        return sent

    async def write(self, ask: Ask, raw: Ask) -> None:
        """Replace the graph by this class."""
        await empty(raw)
        reply = await ask(
            WRITE,
            skills=[{"code": key, "name": key, "category": "grammar"} for key in self.skills],
            concepts=[{"id": key, "name": key, **more} for key, more in self.concepts.items()],
            students=[{"id": key, "name": key.upper()} for key in self.students],
            group={"id": "g", "name": "G", "studentIds": self.members},
            answers={"answers": self.answers() or [NOTHING]},
            at=NOW.isoformat(),
        )
        assert {each["__typename"] for each in reply.values()} == EXPECTED, reply
        if self.courses:
            courses = [{"id": key, "name": key, "skillCodes": codes} for key, codes in self.courses.items()]
            reply["courses"] = (await ask(OWN, courses=courses))["upsertCourses"]
            assert reply["courses"] == {"__typename": "UpsertCoursesPayload"}
        for given in self.sets:
            stored = (await ask(PUT_THRESHOLDS, input=given))["putThresholds"]
            assert stored == {"__typename": "ThresholdsPayload"}
        outcomes = [each["__typename"] for each in reply["recordAnswers"]["outcomes"]]
        assert set(outcomes) <= {"RecordAnswerPayload"} or not self.answers(), reply

    async def read(self, ask: Ask, **arguments: Any) -> dict[str, Any]:
        """Everything that shows what is known of the class, in one reply."""
        targets = [f'conceptId: "{key}"' for key in self.concepts] + [f'skillCode: "{key}"' for key in self.skills]
        parts = [f"mastery{n}: " + TARGET.format(target, n=n) for n, target in enumerate(targets)]
        paths = [f'path{n}: learningPath(conceptId: "{key}") {{ id }}' for n, key in enumerate(self.concepts)]
        document = f"""query($at: DateTime!, $below: Float, $least: Int, $stuck: Int!) {{
          serviceInfo {{ {THRESHOLDS} }} rootCauses(threshold: $below, minAttempts: $least, first: 6) {{ {CAUSES} }}
          group(id: "g") {{ {GROUP} }}
          students(first: 4) {{ totalCount nodes {{ {STUDENT} {" ".join(parts + paths)} }} }} }} {DISTRIBUTION}"""
        arguments = {"at": NOW.isoformat(), "stuck": 10, **arguments}
        reply: dict[str, Any] = await ask(document, **arguments)
        return reply


NOTHING = {"studentId": "s-none", "correct": True}
EXPECTED = {
    "UpsertSkillsPayload", "UpsertConceptsPayload", "UpsertStudentsPayload", "UpsertGroupPayload", "RecordAnswersPayload",
    "RecomputeRecencyPayload",
}  # fmt: skip


VALUES = [
    0.1, 0.3, 0.5, 0.6, 0.9,
    *(trace([outcome], each.parameters)[0].after for each in DEFAULTS.values() for outcome in (True, False)),
]  # fmt: skip
"""Values of thresholds, among them levels that students reach."""


@st.composite
def own_thresholds(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Thresholds of some of two courses and two skills."""
    sets = []
    for scope in ({"courseId": "k0"}, {"courseId": "k1"}, {"skillCode": "s0"}, {"skillCode": "s1"}):
        if draw(st.booleans()):
            focus, mastered = sorted(draw(st.sets(st.sampled_from(VALUES), min_size=2, max_size=2)))
            rest = {"weak": draw(st.sampled_from(VALUES)), "weakAttempts": draw(st.sampled_from([1, 3, 7]))}
            comparison = draw(st.sampled_from(["INCLUSIVE", "STRICT"]))
            sets.append({**scope, "mastered": mastered, "focus": focus, "comparison": comparison, **rest})
    return sets


@st.composite
def small_classes(draw: st.DrawFn, *, has_sets: bool = False) -> SmallClass:
    """Up to four students, some without answers or outside the group, and up to four concepts in two skills.

    With `has_sets`, courses and skills may have thresholds of their own.
    """
    ids = [f"c{n}" for n in range(draw(st.integers(1, 4)))]
    concepts = {}
    for n, key in enumerate(ids):
        before = draw(st.sets(st.sampled_from(ids[:n]))) if n else set()
        named = draw(st.sampled_from([None, None, *SETS]))
        concepts[key] = {
            "prerequisiteIds": sorted(before),
            "skillCodes": sorted(draw(st.sets(st.sampled_from(["s0", "s1"])))),
            **({"parameterSet": f"{named}-v1"} if named else {}),
        }
    names = [f"p{n}" for n in range(draw(st.integers(1, 4)))]
    practised = {
        name: {key: outcomes for key in [*ids, "s0"] if (outcomes := draw(OUTCOMES))}
        for name in names
        if draw(st.integers(0, 4))
    }
    missed = {name: sorted(draw(st.sets(st.sampled_from(ids)))) for name in practised if draw(st.booleans())}
    members = sorted(draw(st.sets(st.sampled_from(names))))
    drawn = SmallClass(concepts, practised, {name: keys for name, keys in missed.items() if keys}, members, names)
    if not has_sets:
        return drawn
    courses = {key: sorted(draw(st.sets(st.sampled_from(drawn.skills)))) for key in ("k0", "k1")}
    return replace(drawn, courses=courses, sets=draw(own_thresholds()))


RULES = st.fixed_dictionaries(
    {
        "below": st.sampled_from([None, None, 0.3, 0.5, 0.8, 0.97, 1.0]),
        "least": st.sampled_from([None, 1, 3]),
        "stuck": st.sampled_from([1, 6, 10]),
    }
)
"""Arguments of queries that ask for what is weak."""


class Reply:
    """One reply, with the class that it is about."""

    def __init__(self, of: SmallClass, data: dict[str, Any], rule: dict[str, Any]) -> None:
        self.of, self.data, self.rule = of, data, rule
        self.thresholds = data["serviceInfo"]["thresholds"]
        self.students = {each["id"]: each for each in data["students"]["nodes"]}
        self.group = data["group"]
        self.targets = [*of.concepts, *of.skills]
        self.below = self.thresholds["weak"] if rule["below"] is None else rule["below"]
        self.least = self.thresholds["weakAttempts"] if rule["least"] is None else rule["least"]

    def masteries(self, student: str) -> dict[str, Any]:
        """The masteries of a student by concept id or skill code."""
        return {key_of(each): each for each in self.students[student]["masteries"]["nodes"]}

    def thresholds_of(self, key: str) -> dict[str, Any]:
        """The thresholds of a concept or skill, chosen apart from the product's own rule."""
        codes = sorted(self.of.concepts[key]["skillCodes"]) if key in self.of.concepts else [key]
        courses = sorted(course for course, skills in self.of.courses.items() if set(skills) & set(codes))
        for name, keys in (("skillCode", codes), ("courseId", courses)):
            for each in keys:
                for own in self.of.sets:
                    if own.get(name) == each:
                        return {value: own[value] for value in self.thresholds}
        default: dict[str, Any] = self.thresholds
        return default

    def rule_of(self, key: str) -> dict[str, Any]:
        """The rule of weak lists for a concept or skill."""
        own = self.thresholds_of(key)
        return {
            "threshold": own["weak"] if self.rule["below"] is None else self.rule["below"],
            "minAttempts": own["weakAttempts"] if self.rule["least"] is None else self.rule["least"],
            "comparison": own["comparison"],
        }

    def reaches(self, key: str, level: float, threshold: float) -> bool:
        """Whether a level of a concept or skill reaches a threshold."""
        return level > threshold if self.thresholds_of(key)["comparison"] == "STRICT" else level >= threshold

    def status(self, key: str, level: float, attempts: int) -> str:
        """The status by B4, computed apart from the product's own rule."""
        own = self.thresholds_of(key)
        if not attempts:
            return "NOT_STARTED"
        if self.reaches(key, level, own["mastered"]):
            return "MASTERED"
        return "LEARNING" if self.reaches(key, level, own["focus"]) else "NEEDS_FOCUS"

    def mastered(self, student: str) -> set[str]:
        """What a student has mastered."""
        return {key for key, each in self.masteries(student).items() if each["status"] == "MASTERED"}

    def weak(self, student: str) -> set[str]:
        """The concepts that a student is weak in: Q1, and never what is mastered."""
        return {
            key
            for key, each in self.masteries(student).items()
            if each["kind"] == "CONCEPT"
            and not self.reaches(key, each["level"], self.rule_of(key)["threshold"])
            and each["attempts"] >= self.rule_of(key)["minAttempts"]
            and each["status"] != "MASTERED"
        }

    def curves(self) -> Iterator[list[dict[str, Any]]]:
        """Every learning curve."""
        yield self.group["learningCurve"]
        for student in self.students.values():
            yield student["learningCurve"]


def key_of(mastery: dict[str, Any]) -> str:
    key: str = mastery["concept"]["id"] if mastery["concept"] else mastery["skill"]["code"]
    return key


def ids(concepts: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in concepts]

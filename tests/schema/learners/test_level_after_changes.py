"""A level is one number (B3a): every field that shows it agrees, after any sequence of changes by any caller.

The oracle is a knowledge tracing of its own, over the answers that the service exports, under the set that B1's rule
gives. Changes go through two instances of the service on one database, so that a stale cache of either shows.
"""

import itertools
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.store.gateway import Gateway
from tests.conftest import Ask
from tests.graph_copy import empty
from tests.sizes import size

START = datetime(2026, 1, 1, tzinfo=UTC)
STUDENTS = ("anna", "ben", "cleo")
CONCEPTS = ("nominative", "dative")
SKILLS = ("grammar", "cases")
TARGETS = (*CONCEPTS, *SKILLS)
DEFAULTS = {
    **dict.fromkeys(CONCEPTS, ("bkt-concept-v1", (0.1, 0.2, 0.25, 0.1))),
    **dict.fromkeys(SKILLS, ("bkt-skill-v1", (0.3, 0.09, 0.2, 0.1))),
}
FAILURE = "... on Failure { __typename message }"
LONG = os.environ.get("GRAPH_API_TEST_FUZZ")
SETTINGS = settings(
    max_examples=int(LONG or size(2, 20)),
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

serial = itertools.count()
target_names = st.sampled_from(TARGETS)
some_targets = st.lists(target_names, min_size=1, max_size=3, unique=True)
answers = st.tuples(
    st.sampled_from(STUDENTS), st.lists(target_names, min_size=1, max_size=2, unique=True), st.booleans(), st.integers(0, 50)
)  # fmt: skip
instances = st.integers(0, 1)
steps = st.one_of(
    st.tuples(st.just("record"), instances, st.lists(answers, min_size=1, max_size=8)),
    st.tuples(st.just("name"), instances, some_targets, st.integers(0, 3)),
    st.tuples(st.just("put"), instances, st.integers(1, 40)),
    st.tuples(st.just("activate"), instances, some_targets, st.none() | st.integers(0, 3)),
    st.tuples(st.just("move"), instances, st.sampled_from(CONCEPTS), st.lists(st.sampled_from(SKILLS), unique=True)),
    st.tuples(st.just("link"), instances, st.booleans()),
    st.tuples(st.just("fit"), instances, some_targets),
)
A_CLASS = [(student, ["dative"], n % 2 > 0, n) for n in range(6) for student in STUDENTS]


@dataclass
class World:
    """What the service has been sent, and the sets in effect by B1's rule."""

    asks: Sequence[Ask]
    sets: list[str] = field(default_factory=list)
    parameters: dict[str, tuple[float, ...]] = field(default_factory=lambda: dict(DEFAULTS.values()))
    named: dict[str, str] = field(default_factory=dict)
    active: dict[str, str | None] = field(default_factory=dict)
    skills: dict[str, list[str]] = field(default_factory=dict)
    sent: dict[str, tuple[str, bool, datetime, frozenset[str]]] = field(default_factory=dict)

    def in_effect(self, target: str) -> str:
        """The active set, else the named one, else the default."""
        return self.active.get(target) or self.named.get(target) or DEFAULTS[target][0]

    def evidence(self, student: str, target: str) -> list[tuple[datetime, bool]]:
        """What counts towards a target, in order."""
        sent = self.sent.values()
        return sorted((at, correct) for who, correct, at, targets in sent if who == student and target in targets)

    async def runs(self) -> int:
        """How many runs the ledger has."""
        total: int = (await self.asks[0]("{ runs { totalCount } }"))["runs"]["totalCount"]
        return total

    async def step(self, kind: str, instance: int, *given: Any) -> None:
        """Do one thing, through one of the instances."""
        before = {target: self.in_effect(target) for target in TARGETS}
        ran = await self.runs()
        await getattr(self, kind)(self.asks[instance], *given)
        stale = [t for t in TARGETS if self.in_effect(t) != before[t] and any(self.evidence(s, t) for s in STUDENTS)]
        opened = await self.runs() - ran
        assert opened == (1 if kind in {"activate", "fit"} or (kind == "name" and stale) else 0), (kind, given)

    async def record(self, ask: Ask, given: list[Any]) -> None:
        """Answers, late ones among them."""
        sent = []
        for student, targets, correct, minute in given:
            key = next(serial)
            at = START + timedelta(minutes=minute, milliseconds=key)
            concepts = [t for t in targets if t in CONCEPTS]
            rolled = {code for t in concepts for code in self.skills[t]}
            self.sent[f"a{key}"] = student, correct, at, frozenset({*targets, *rolled})
            sent.append({"id": f"a{key}", "studentId": student, "correct": correct, "at": at.isoformat(),
                         "conceptIds": concepts, "skillCodes": [t for t in targets if t in SKILLS]})  # fmt: skip
        done = await ask(
            f"mutation($answers: [AnswerInput!]!) {{ recordAnswers(input: {{answers: $answers}}) {{ {FAILURE} "
            f"... on RecordAnswersPayload {{ outcomes {{ __typename {FAILURE} }} }} }} }}", answers=sent,
        )  # fmt: skip
        assert {each["__typename"] for each in done["recordAnswers"]["outcomes"]} == {"RecordAnswerPayload"}, done

    async def name(self, ask: Ask, targets: list[str], number: int) -> None:
        """Name a set on concepts or skills, whichever the first is."""
        concepts = targets[0] in CONCEPTS
        used = self.sets[number % len(self.sets)]
        chosen = [t for t in targets if (t in CONCEPTS) == concepts]
        if concepts:
            given = [{"id": t, "name": t, "parameterSet": used} for t in chosen]
            done = await ask(
                f"mutation($given: [ConceptInput!]!) {{ upsertConcepts(input: $given) {{ __typename {FAILURE} }} }}",
                given=given,
            )
        else:
            given = [{"code": t, "name": t, "category": "grammar", "parameterSet": used} for t in chosen]
            done = await ask(
                f"mutation($given: [SkillInput!]!) {{ upsertSkills(input: $given) {{ __typename {FAILURE} }} }}",
                given=given,
            )
        (reply,) = done.values()
        assert reply["__typename"].endswith("Payload"), reply
        self.named |= dict.fromkeys(chosen, used)

    async def put(self, ask: Ask, tenths: int) -> None:
        """A new version of a name: what is in effect stays."""
        given = {"name": "agreed", "prior": tenths / 50, "learn": 0.02 * (tenths % 7 + 1), "guess": 0.2, "slip": 0.15}
        done = await ask(
            "mutation($given: ParameterSetInput!) { putParameterSet(input: $given) { ... on ParameterSetPayload "
            "{ parameterSet { id prior learn guess slip } } } }", given=given,
        )  # fmt: skip
        self.keep(done["putParameterSet"]["parameterSet"])

    async def activate(self, ask: Ask, targets: list[str], number: int | None) -> None:
        """Activate a set, or none."""
        used = None if number is None else self.sets[number % len(self.sets)]
        given = {"parameterSetId": used, "conceptIds": [t for t in targets if t in CONCEPTS],
                 "skillCodes": [t for t in targets if t in SKILLS]}  # fmt: skip
        done = await ask(
            f"mutation($given: ActivateParametersInput!) {{ activateParameters(input: $given) {{ __typename {FAILURE} "
            "} }", given=given,
        )  # fmt: skip
        assert done["activateParameters"]["__typename"] == "ActivateParametersPayload", done
        self.active |= dict.fromkeys(targets, used)

    async def move(self, ask: Ask, concept: str, skills: list[str]) -> None:
        """Move a concept to other skills: old answers count towards what they counted before."""
        given = [{"id": concept, "name": concept, "skillCodes": skills}]
        await ask("mutation($given: [ConceptInput!]!) { upsertConcepts(input: $given) { __typename } }", given=given)
        self.skills[concept] = skills

    async def link(self, ask: Ask, there: bool) -> None:
        """Link or unlink a prerequisite."""
        name = "linkPrerequisite" if there else "unlinkPrerequisite"
        await ask(f'mutation {{ {name}(prerequisiteId: "nominative", conceptId: "dative") {{ __typename }} }}')

    async def fit(self, ask: Ask, targets: list[str]) -> None:
        """Fit; what predicts better is active afterwards."""
        given = {"conceptIds": [t for t in targets if t in CONCEPTS], "skillCodes": [t for t in targets if t in SKILLS],
                 "minAnswers": 4, "minStudents": 2, "folds": 2}  # fmt: skip
        done = await ask(
            f"mutation($given: FitParametersInput) {{ fitParameters(input: $given) {{ {FAILURE} ... on FitParametersPayload "
            "{ outcomes { conceptId skillCode activated parameterSet { id prior learn guess slip } } } } }", given=given,
        )  # fmt: skip
        for outcome in done["fitParameters"]["outcomes"]:
            if outcome["parameterSet"]:
                self.parameters[outcome["parameterSet"]["id"]] = values(outcome["parameterSet"])
            if outcome["activated"]:
                self.active[outcome["conceptId"] or outcome["skillCode"]] = outcome["parameterSet"]["id"]

    def keep(self, stored: dict[str, Any]) -> None:
        """Know a set."""
        self.parameters[stored["id"]] = values(stored)
        if stored["id"] not in self.sets:
            self.sets.append(stored["id"])


def values(stored: dict[str, Any]) -> tuple[float, ...]:
    return tuple(stored[name] for name in ("prior", "learn", "guess", "slip"))


def traced(outcomes: list[bool], parameters: tuple[float, ...]) -> float:
    """B2 and B3, written down a second time."""
    level, learn, guess, slip = parameters
    level = min(max(level, 0.01), 0.99)
    for correct in outcomes:
        known = level * (1 - slip if correct else slip)
        unknown = (1 - level) * (guess if correct else 1 - guess)
        posterior = known / (known + unknown)
        level = min(max(posterior + (1 - posterior) * learn, 0.01), 0.99)
    return level


def status(level: float, attempts: int) -> str:
    """B4."""
    if not attempts:
        return "NOT_STARTED"
    return "MASTERED" if level >= 0.95 else "NEEDS_FOCUS" if level < 0.4 else "LEARNING"


def of_target(target: str) -> str:
    argument = f'{"conceptId" if target in CONCEPTS else "skillCode"}: "{target}"'
    shown = "level status attempts correct parameters { id }"
    return (
        f"{target}: mastery({argument}) {{ {shown} }} "
        f"{target}_explain: explain({argument}) {{ level status attempts parameters {{ id }} steps {{ after }} }} "
        f"{target}_forecast: forecast({argument}) {{ level }} "
        f'{target}_at: levelAt({argument}, at: "2026-02-01T00:00:00Z") '
        f"{target}_simulate: simulate({argument}, outcomes: [true]) {{ before }} "
    )


LISTED = "level status concept { id } skill { code }"
OF_STUDENT = (
    "query($id: ID!) { student(id: $id) { "
    + "".join(map(of_target, TARGETS))
    + f"masteries {{ nodes {{ {LISTED} }} }} "
    + " ".join(f"weak{kind}: weakSkills(threshold: 1, minAttempts: 0, kind: {kind}) {{ {LISTED} }} "
               f"due{kind}: due(below: 1, minLevel: 0, kind: {kind}) {{ mastery {{ {LISTED} }} }}" for kind in ("CONCEPT", "SKILL"))
    + " readyToLearn { conceptId level attempts } answers(first: 500) { nodes { id at correct conceptIds skillCodes } } } }"
)  # fmt: skip
OF_GROUP = '{ group(id: "class") { ' + " ".join(
    f"map{kind}: heatmap(kind: {kind}) {{ studentIds targetIds levels attempts }} "
    f"all{kind}: distribution(kind: {kind}) {{ statuses {{ status count }} }}" for kind in ("CONCEPT", "SKILL")
) + " } }"  # fmt: skip
WHAT_IF = """mutation($set: ID!, $group: ID, $c: [ID!], $s: [ID!]) { replay(input: {parameterSetId: $set, groupId: $group,
  conceptIds: $c, skillCodes: $s}) { ... on ReplayPayload { masteries changed } } }"""


async def check(world: World) -> None:
    """Every field that shows a level shows the oracle's, with its status and its set."""
    expected: dict[tuple[str, str], tuple[float, str]] = {}
    for student in STUDENTS:
        for ask in world.asks:
            fields = (await ask(OF_STUDENT, id=student))["student"]
            exported = [
                (datetime.fromisoformat(each["at"]), each["correct"], {*each["conceptIds"], *each["skillCodes"]})
                for each in fields["answers"]["nodes"]
            ]
            shown = [*fields["masteries"]["nodes"]]
            for kind in ("CONCEPT", "SKILL"):
                shown += [*fields[f"weak{kind}"], *(each["mastery"] for each in fields[f"due{kind}"])]
            for target in TARGETS:
                evidence = sorted((at, correct) for at, correct, tags in exported if target in tags)
                assert evidence == world.evidence(student, target)
                used = world.in_effect(target)
                level = traced([correct for _, correct in evidence], world.parameters[used])
                one, why = fields[target], fields[f"{target}_explain"]
                assert one["parameters"]["id"] == why["parameters"]["id"] == used
                assert one["level"] == pytest.approx(level, abs=1e-12), (student, target, used)
                assert one["level"] == why["level"] == fields[f"{target}_forecast"]["level"] == fields[f"{target}_at"]
                assert one["level"] == fields[f"{target}_simulate"][0]["before"]
                assert not evidence or one["level"] == why["steps"][-1]["after"]
                assert one["attempts"] == why["attempts"] == len(evidence)
                assert one["correct"] == sum(correct for _, correct in evidence)
                assert one["status"] == why["status"] == status(one["level"], len(evidence))
                same = [
                    each
                    for each in shown
                    if target in {(each["concept"] or {}).get("id"), (each["skill"] or {}).get("code")}
                ]
                assert {(each["level"], each["status"]) for each in same} <= {(one["level"], one["status"])}
                expected[student, target] = one["level"], one["status"]
            for each in fields["readyToLearn"]:
                assert not each["attempts"] or each["level"] == expected[student, each["conceptId"]][0]
    await check_class(world, expected)


async def check_class(world: World, expected: dict[tuple[str, str], tuple[float, str]]) -> None:
    group = (await world.asks[0](OF_GROUP))["group"]
    for kind, targets in (("CONCEPT", CONCEPTS), ("SKILL", SKILLS)):
        cells = group[f"map{kind}"]
        for student, levels in zip(cells["studentIds"], cells["levels"], strict=True):
            for target, level in zip(cells["targetIds"], levels, strict=True):
                one, state = expected[student, target]
                assert level == (None if state == "NOT_STARTED" else round(one, 4))
        counts = {each["status"]: each["count"] for each in group[f"all{kind}"]["statuses"]}
        of_kind = [state for (_, target), (_, state) in expected.items() if target in targets]
        assert counts == {each: of_kind.count(each) for each in counts}
    for target in TARGETS:
        given = {"c": [target]} if target in CONCEPTS else {"s": [target]}
        done = await world.asks[0](WHAT_IF, set=world.in_effect(target), group="class", **given)
        assert done["replay"]["changed"] == 0


@pytest.fixture(scope="module")
async def second(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Ask]:
    """Another instance of the service on the same database."""
    app = create_app(Settings(_env_file=None, scheduler=False, **database))  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as connected:

            async def send(query: str, **variables: object) -> Any:
                reply = (await connected.post("/graphql", json={"query": query, "variables": variables})).json()
                assert "errors" not in reply, reply["errors"]
                return reply["data"]

            yield send


async def new_world(asks: Sequence[Ask], raw: Ask) -> World:
    """Three students, two concepts and two skills without answers, and two sets."""
    await empty(raw)
    await raw("MATCH (n:ParameterSet) WHERE n.origin <> 'DEFAULT' DELETE n")
    world = World(asks)
    await asks[0](
        """mutation { upsertStudents(input: [{id: "anna"}, {id: "ben"}, {id: "cleo"}]) { __typename }
        upsertGroup(input: {id: "class", name: "Class", studentIds: ["anna", "ben", "cleo"]}) { __typename }
        upsertSkills(input: [{code: "grammar", name: "G", category: "g"}, {code: "cases", name: "C", category: "g"}])
          { __typename }
        upsertConcepts(input: [{id: "nominative", name: "N", skillCodes: ["grammar"]},
          {id: "dative", name: "D", skillCodes: ["grammar", "cases"]}]) { __typename } }"""
    )
    world.skills = {"nominative": ["grammar"], "dative": ["grammar", "cases"]}
    await world.put(asks[0], 2)
    await world.put(asks[0], 31)
    return world


@SETTINGS
@given(done=st.lists(steps, min_size=2, max_size=7))
@example(done=[("record", 0, A_CLASS), ("name", 0, ["dative"], 1)])
@example(done=[("record", 0, A_CLASS), ("name", 1, ["cases", "grammar"], 1), ("record", 0, A_CLASS[:2])])
@example(
    done=[("record", 0, A_CLASS), ("fit", 0, ["dative"]), ("name", 0, ["dative"], 0), ("activate", 1, ["dative"], None)]
)
@example(done=[("name", 0, ["dative"], 0), ("put", 0, 9), ("record", 1, A_CLASS), ("name", 0, ["dative"], 2)])
@example(
    done=[
        ("record", 0, A_CLASS),
        ("move", 0, "nominative", ["cases"]),
        ("record", 1, A_CLASS[:3]),
        ("activate", 0, ["cases"], 1),
    ]
)
async def test_every_field_shows_one_level(ask: Ask, second: Ask, raw: Ask, done: list[Any]) -> None:
    # Hypothesis shares its fixtures between examples, so each begins with a graph of its own.
    world = await new_world([ask, second], raw)
    for each in done:
        await world.step(*each)
        if each[0] in {"name", "activate", "fit"}:
            await check(world)
    await check(world)
    await raw("MATCH (n:ParameterSet) WHERE n.origin <> 'DEFAULT' DELETE n")

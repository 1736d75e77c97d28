"""Fields that show the same thing agree, over random small classes and settings (B3a, B4, Q1-Q9)."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from hypothesis import given, settings

from graph_api.app.application import create_app
from graph_api.config import Settings
from tests.conftest import Ask
from tests.schema.small_class import EXAMPLES, RULES, Reply, SmallClass, ids, key_of, small_classes

CONFIGURED = {
    "as delivered": {},
    "strict": {"mastered_level": 0.9, "focus_level": 0.3, "weak_level": 0.6, "weak_attempts": 2},
    "weak above mastered": {"mastered_level": 0.6, "focus_level": 0.5, "weak_level": 0.8, "weak_attempts": 1},
}
"""Settings of thresholds; what is weak and what is mastered may overlap."""
STATUSES = "NOT_STARTED", "NEEDS_FOCUS", "LEARNING", "MASTERED"


@pytest.fixture(scope="module")
async def asks(database: dict[str, str], parameter_sets: None) -> AsyncIterator[dict[str, Ask]]:
    """The service under each of the settings, on one database."""

    def asking(client: httpx.AsyncClient) -> Ask:
        async def send(query: str, **variables: object) -> Any:
            reply = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
            assert "errors" not in reply, reply["errors"]
            return reply["data"]

        return send

    async with AsyncExitStack() as stack:
        clients = {}
        for name, changed in CONFIGURED.items():
            app = create_app(Settings(_env_file=None, scheduler=False, **database, **changed))  # type: ignore[arg-type]
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app)
            client = httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60)
            clients[name] = asking(await stack.enter_async_context(client))
        yield clients


@pytest.fixture(params=CONFIGURED)
def configured(request: pytest.FixtureRequest, asks: dict[str, Ask]) -> Ask:
    """The service under one of the settings."""
    ask: Ask = asks[request.param]
    return ask


Law = Callable[[Reply], None]
LAWS: list[Law] = []


def law(check: Law) -> Law:
    """Check it on every reply."""
    LAWS.append(check)
    return check


@settings(EXAMPLES, max_examples=2 * EXAMPLES.max_examples)
@given(of=small_classes(has_sets=True), rule=RULES)
async def test_fields_agree(configured: Ask, raw: Ask, of: SmallClass, rule: dict[str, Any]) -> None:
    await of.write(configured, raw)
    reply = Reply(of, await of.read(configured, **rule), rule)
    for check in LAWS:
        check(reply)


@law
def what_is_mastered_is_nowhere_called_weak_stuck_or_ready(reply: Reply) -> None:
    of = reply.of
    for name, student in reply.students.items():
        mastered = reply.mastered(name)
        assert not mastered & {key_of(each) for each in [*student["weakConcepts"], *student["weakSkills"]]}
        for cause in student["rootCauses"]["causes"]:
            assert not mastered & {cause["conceptId"], *ids(cause["blocks"])}
        for clusters in (student["byCause"], student["byLink"]):
            for cluster in clusters["clusters"]:
                assert not mastered & {*ids(cluster["concepts"]), *ids(cluster["causes"])}
        ready = {each["conceptId"] for each in student["readyToLearn"]}
        assert not mastered & ready
        assert all(each["status"] != "MASTERED" for each in student["readyToLearn"])
        assert set(ids(student["toReview"])) <= mastered
        for n, key in enumerate(of.concepts):
            path = ids(student[f"path{n}"])
            assert not mastered & set(path)
            assert key in mastered or path[-1] == key
        for key in of.concepts:
            needed = of.concepts[key]["prerequisiteIds"]
            assert (key in ready) == (key not in mastered and mastered.issuperset(needed))


@law
def what_a_student_has_mastered_is_no_reason_of_their_group(reply: Reply) -> None:
    for causes in (reply.group["rootCauses"], reply.data["rootCauses"]):
        for cause in causes["causes"]:
            for listed in ("heldBackStudents", "blockedStudents", "weakStudents"):
                for each in cause[listed]["nodes"]:
                    assert each["status"] in {"NEEDS_FOCUS", "LEARNING"}
                    assert cause["conceptId"] not in reply.mastered(each["studentId"])
    for member in reply.group["atRisk"]["students"]:
        mastered = reply.mastered(member["studentId"])
        for reason in member["reasons"]:
            if reason["__typename"] == "Stagnation":
                assert not mastered & {*reason["stuckIds"], *reason["missedIds"]}
            if reason["__typename"] == "RootCauseReason":
                assert reason["conceptId"] not in mastered


@law
def a_class_is_the_sum_of_its_students(reply: Reply) -> None:
    of = reply.of
    group = reply.group
    for kind, keys in (("concepts", list(of.concepts)), ("skills", of.skills)):
        summary, cells = group[kind], group[kind.removesuffix("s") + "Map"]
        own = {name: reply.masteries(name) for name in of.members}
        pairs = [own[name].get(key) for name in of.members for key in sorted(keys)]
        levels = [each["level"] for each in pairs if each]
        assert (summary["students"], summary["targets"]) == (len(of.members), len(keys))
        assert (summary["defined"], summary["total"]) == (len(levels), len(of.members) * len(keys))
        assert summary["coverage"] == (len(levels) / len(pairs) if pairs else None)
        assert summary["meanLevel"] == (pytest.approx(sum(levels) / len(levels), abs=1e-4) if levels else None)
        by_status = Counter(each["status"] if each else "NOT_STARTED" for each in pairs)
        assert {each["status"]: each["count"] for each in summary["statuses"]} == {
            key: by_status[key] for key in STATUSES
        }
        assert sum(each["share"] for each in summary["statuses"]) == pytest.approx(1 if pairs else 0)
        assert (cells["studentIds"], cells["targetIds"]) == (sorted(of.members), sorted(keys))
        flat = [cell for row in cells["levels"] for cell in row]
        assert flat == [pytest.approx(each["level"], abs=1e-4) if each else None for each in pairs]
        assert [n for row in cells["attempts"] for n in row] == [each["attempts"] if each else 0 for each in pairs]
        hard = {(each["concept"] or {}).get("id") or each["skill"]["code"]: each for each in summary["hardest"]}
        assert set(hard) == {key for key in keys if any(key in each for each in own.values())}
        for key, each in hard.items():
            column = [of_one[key] for of_one in own.values() if key in of_one]
            assert each["students"] == len(column)
            assert each["needFocus"] == sum(one["status"] == "NEEDS_FOCUS" for one in column)
            assert each["meanLevel"] == pytest.approx(sum(one["level"] for one in column) / len(column), abs=1e-4)
    curves = [reply.students[name]["learningCurve"] for name in of.members]
    for n, point in enumerate(group["learningCurve"]):
        own_points = [curve[n] for curve in curves if len(curve) > n]
        for what in ("answers", "incorrect"):
            assert point[what] == sum(each[what] for each in own_points)
    assert len(group["learningCurve"]) == max(map(len, curves), default=0)


@law
def a_groups_causes_are_those_of_its_members_and_can_be_listed(reply: Reply) -> None:
    of = reply.of
    everyone = [
        name for name in of.students if any(each["kind"] == "CONCEPT" for each in reply.masteries(name).values())
    ]
    for shared, members in ((reply.group["rootCauses"], of.members), (reply.data["rootCauses"], everyone)):
        own: dict[str, dict[str, Any]] = {}
        for name in members:
            for cause in reply.students[name]["rootCauses"]["causes"]:
                own.setdefault(cause["conceptId"], {})[name] = cause
        assert shared["students"] == len(members)
        assert {each["conceptId"] for each in shared["causes"]} == set(own)
        for cause in shared["causes"]:
            of_cause = own[cause["conceptId"]]
            blocked = {name for name, each in of_cause.items() if each["blocks"]}
            weak = {name for name in members if cause["conceptId"] in reply.weak(name)}
            for count, listed, names in (
                ("students", "heldBackStudents", set(of_cause)),
                ("studentsBlocked", "blockedStudents", blocked),
                ("studentsWeak", "weakStudents", weak),
            ):
                nodes = cause[listed]["nodes"]
                assert cause[count] == cause[listed]["totalCount"] == len(nodes) == len(names)
                assert [each["studentId"] for each in nodes] == sorted(names)
                assert all(each["student"] == {"id": each["studentId"]} for each in nodes)
                for each in nodes:
                    mastery = reply.masteries(each["studentId"])[cause["conceptId"]]
                    assert {name: each[name] for name in ("level", "status", "attempts")} == {
                        name: mastery[name] for name in ("level", "status", "attempts")
                    }
                    blocks = of_cause.get(each["studentId"], {"blocks": []})["blocks"]
                    assert each["blocks"] == len(blocks)
            assert cause["score"] == pytest.approx(sum(each["score"] for each in of_cause.values()), abs=1e-6)
            assert set(ids(cause["blocks"])) == {key for each in of_cause.values() for key in ids(each["blocks"])}
    for name in of.students:
        causes = reply.students[name]["rootCauses"]["causes"]
        held = [
            each
            for member in reply.group["atRisk"]["students"]
            if member["studentId"] == name
            for each in member["reasons"]
            if each["__typename"] == "RootCauseReason"
        ]
        if name in of.members:
            assert {each["conceptId"]: each["blocks"] for each in held} == {
                each["conceptId"]: len(each["blocks"]) for each in causes if each["blocks"]
            }
        assert all(
            each["blockedStudents"] is each["weakStudents"] is each["heldBackStudents"] is None for each in causes
        )


@law
def every_weak_list_uses_one_rule_and_returns_it(reply: Reply) -> None:
    used = {"threshold": reply.below, "minAttempts": reply.least}
    for name, student in reply.students.items():
        weak, masteries = reply.weak(name), reply.masteries(name)
        assert {key_of(each) for each in student["weakConcepts"]} == weak
        for listed in (student["weakConcepts"], student["weakSkills"]):
            assert [each["level"] for each in listed] == sorted(each["level"] for each in listed)
            assert all(each["weakRule"] == {"measure": "LEVEL", **reply.rule_of(key_of(each))} for each in listed)
            assert all({**each, "weakRule": None} == masteries[key_of(each)] for each in listed)
        for listed in (student["weakByRecency"],):
            assert all(each["recency"]["score"] < each["weakRule"]["threshold"] == 0.7 for each in listed)
        for clusters in (student["byCause"], student["byLink"]):
            members = [key for cluster in clusters["clusters"] for key in ids(cluster["concepts"])]
            assert sorted(members) == sorted(weak)
            assert {key: clusters[key] for key in used} == used
            for cluster in clusters["clusters"]:
                assert cluster["size"] == len(cluster["concepts"])
                deficit = sum(
                    reply.rule_of(key)["threshold"] - masteries[key]["level"] for key in ids(cluster["concepts"])
                )
                assert cluster["deficit"] == pytest.approx(deficit, abs=1e-12)
        causes = {each["conceptId"]: each for each in student["rootCauses"]["causes"]}
        roots = {key for clusters in (student["byCause"],) for c in clusters["clusters"] for key in ids(c["causes"])}
        assert set(causes) == roots <= weak
        for key, cause in causes.items():
            assert cause["level"] == masteries[key]["level"]
            assert set(ids(cause["blocks"])) <= weak - {key}
            blocked = [reply.rule_of(key)["threshold"] - masteries[key]["level"] for key in ids(cause["blocks"])]
            assert cause["score"] == pytest.approx(sum(blocked), abs=1e-12)
        for each in student["readyToLearn"]:
            assert {key: each[key] for key in used} == used
            assert each["masteredFrom"] == each["thresholds"]["mastered"]
            assert each["thresholds"] == reply.thresholds_of(each["conceptId"])
            if each["conceptId"] in causes:
                assert each["unlocksWeak"] == len(causes[each["conceptId"]]["blocks"])
    for part in (
        reply.group["rootCauses"],
        reply.data["rootCauses"],
        reply.group["weakClusters"],
        reply.group["atRisk"],
    ):
        assert {key: part[key] for key in used} == used


@law
def no_reason_contradicts_the_status_of_the_same_reply(reply: Reply) -> None:
    rule = reply.rule
    risk = reply.group["atRisk"]
    assert (risk["masteredFrom"], risk["stuckAttempts"]) == (
        reply.thresholds["mastered"],
        max(rule["stuck"], reply.least),
    )
    for member in risk["students"]:
        masteries, weak = reply.masteries(member["studentId"]), reply.weak(member["studentId"])
        for reason in member["reasons"]:
            message = reason["message"]
            for key, level, status in re.findall(r"(\w+) \(level ([\d.]+), ([a-z ]+)\)", message):
                assert status.upper().replace(" ", "_") == masteries[key]["status"] in {"NEEDS_FOCUS", "LEARNING"}
                assert float(level) <= masteries[key]["level"] < float(level) + 0.011
                own, bound = reply.thresholds_of(key), reply.rule_of(key)["threshold"]
                word = "below" if own["comparison"] == "INCLUSIVE" else "not above"
                assert f"{word} {min(bound, own['mastered']):g}" in message
            assert not re.search(r"\bweak\b|\bstuck\b|no progress|mastered", message)
            if reason["__typename"] == "RootCauseReason":
                assert reason["conceptId"] in weak
                assert (reason["level"], reason["status"]) == (
                    masteries[reason["conceptId"]]["level"],
                    masteries[reason["conceptId"]]["status"],
                )
                assert reason["conceptId"] in message
                assert reason["threshold"] == reply.rule_of(reason["conceptId"])["threshold"]
            if reason["__typename"] == "Stagnation":
                assert (reason["threshold"], reason["stuckAttempts"]) == (reply.below, risk["stuckAttempts"])
                least = {key: max(rule["stuck"], reply.rule_of(key)["minAttempts"]) for key in weak}
                stuck = {key for key in weak if masteries[key]["attempts"] >= least[key]}
                assert [each["conceptId"] for each in reason["stuck"]] == reason["stuckIds"] == sorted(stuck)
                for each in reason["stuck"]:
                    assert each == {"conceptId": each["conceptId"]} | {
                        name: masteries[each["conceptId"]][name] for name in ("level", "status", "attempts")
                    }
                assert set(ids(reason["concepts"])) == {*reason["stuckIds"], *reason["missedIds"]}
                assert all(key in message for key in ids(reason["concepts"]))
    for student in reply.students.values():
        for n, key in enumerate(reply.targets):
            explained = student[f"explain{n}"]
            assert explained["status"] == reply.status(key, explained["level"], explained["attempts"])
            assert explained["rule"].startswith("not started") == (explained["status"] == "NOT_STARTED")
            for value in ("mastered", "focus"):
                assert f"{reply.thresholds_of(key)[value]:g}" in explained["rule"]


@law
def every_field_shows_the_same_level_also_of_what_was_never_practised(reply: Reply) -> None:
    of = reply.of
    for name, student in reply.students.items():
        listed, ready = reply.masteries(name), {each["conceptId"]: each for each in student["readyToLearn"]}
        for n, key in enumerate(reply.targets):
            mastery, explained, forecast = (student[f"{field}{n}"] for field in ("mastery", "explain", "forecast"))
            level, parameters = mastery["level"], mastery["parameters"]
            assert mastery == listed[key] if key in listed else mastery["attempts"] == 0
            if not mastery["attempts"]:
                assert level == parameters["prior"]
                named = of.concepts.get(key, {}).get("parameterSet")
                assert parameters["id"] == named or not named
            same = [explained["level"], forecast["level"], student[f"levelAt{n}"], student[f"simulate{n}"][0]["before"]]
            same += [ready[key]["level"]] if key in ready else []
            assert same == [pytest.approx(level, abs=1e-12)] * len(same)
            statuses = {mastery["status"], explained["status"], *({ready[key]["status"]} if key in ready else ())}
            assert statuses == {reply.status(key, level, mastery["attempts"])}
            assert explained["attempts"] == mastery["attempts"] == len(explained["steps"])
            assert sum(each["correct"] for each in explained["steps"]) == mastery["correct"]
            assert explained["parameters"] == parameters
            expected = level * (1 - parameters["slip"]) + (1 - level) * parameters["guess"]
            assert forecast["pNextCorrect"] == pytest.approx(expected)
            assert student[f"simulate{n}"][0]["pCorrect"] == pytest.approx(expected)
            assert mastery["thresholds"] == explained["thresholds"] == reply.thresholds_of(key)
            assert forecast["threshold"] == mastery["thresholds"]["mastered"]
            assert (forecast["answersToMastery"] == 0) == (mastery["status"] == "MASTERED")
            attempts, correct = mastery["attempts"], mastery["correct"]
            assert mastery["accuracy"] == (pytest.approx(correct / attempts) if attempts else None)
        due = {key_of(each["mastery"]): each for each in student["dueConcepts"]}
        assert all({**each["mastery"], "weakRule": None} == listed[key] for key, each in due.items())
        assert all(each["retrievability"] == each["mastery"]["retrievability"] < each["below"] for each in due.values())
        losses = [each["mastery"]["level"] * (1 - each["retrievability"]) for each in due.values()]
        assert losses == sorted(losses, reverse=True)
        for each in student["due"]:
            key = key_of(each["mastery"])
            assert each["minLevel"] == reply.thresholds_of(key)["weak"]
            assert reply.reaches(key, each["mastery"]["level"], each["minLevel"])


@law
def counts_are_the_lengths_of_their_lists(reply: Reply) -> None:
    of = reply.of
    group, risk = reply.group, reply.group["atRisk"]
    assert group["size"] == group["members"]["totalCount"] == len(group["members"]["nodes"]) == risk["membersChecked"]
    assert sorted(ids(group["members"]["nodes"])) == group["conceptMap"]["studentIds"] == sorted(of.members)
    assert risk["atRiskCount"] == len(risk["students"])
    assert reply.data["students"]["totalCount"] == len(reply.students) == len(of.students)
    for student in reply.students.values():
        for connection in (student["masteries"], student["answers"]):
            assert connection["totalCount"] == len(connection["nodes"])
        answers = student["answers"]["nodes"]
        assert len(student["weakSkills"]) <= len(of.skills)
        to_concepts = sum(len(each["conceptIds"]) for each in answers)
        assert sum(point["answers"] for point in student["learningCurve"]) == to_concepts
        masteries = [each for each in student["masteries"]["nodes"] if each["kind"] == "CONCEPT"]
        assert sum(each["attempts"] for each in masteries) == to_concepts
        assert sum(each["attempts"] - each["correct"] for each in masteries) == sum(
            point["incorrect"] for point in student["learningCurve"]
        )
    for curve in reply.curves():
        assert [point["opportunity"] for point in curve] == list(range(1, len(curve) + 1))
        assert all(point["errorRate"] == pytest.approx(point["incorrect"] / point["answers"]) for point in curve)

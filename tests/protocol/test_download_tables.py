"""Tables of a class view as CSV: every cell equals the GraphQL reply, for each role, and cells are harmless."""

import csv
import io
import math
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.application import Client, service
from tests.conftest import NOW, Ask
from tests.tokens import SECRET, signed

STUDENTS = {"p1": "=cmd|' /C calc'!A1", "p2": 'Émile, "Zoë"', "p3": "Ann", "p4": "@sum"}
"""Names that spreadsheets would run, and that CSV has to quote."""
GROUP = "7b/x"
WRITE = """mutation($students: [StudentInput!]!, $group: GroupInput!, $empty: GroupInput!, $answers: RecordAnswersInput!) {
  upsertStudents(input: $students) { __typename } upsertGroup(input: $group) { __typename }
  other: upsertGroup(input: $empty) { __typename } recordAnswers(input: $answers) { __typename } }"""
HEATMAP = """query($id: ID!, $kind: TargetKind! = SKILL, $skillCode: ID, $skillCodes: [ID!], $allCourses: Boolean! = false,
  $asOf: DateTime) { group(id: $id) { heatmap(kind: $kind, skillCode: $skillCode, skillCodes: $skillCodes,
  allCourses: $allCourses, asOf: $asOf) { studentIds targetIds levels attempts } } }"""
ROSTER = """query($id: ID!, $kind: TargetKind! = SKILL, $orderBy: StudentOrder! = ID, $reverse: Boolean! = false) {
  students(groupId: $id, orderBy: $orderBy, reverse: $reverse, first: 10) { nodes { id name lastPracticedAt attempts
  meanLevel(kind: $kind) statusCounts(kind: $kind) { status count } } } }"""
WEAK = """query($id: ID!, $kind: TargetKind! = SKILL, $threshold: Float, $minAttempts: Int, $measure: WeakMeasure! = LEVEL) {
  group(id: $id) { members(first: 10) { nodes { id name weakSkills(kind: $kind, threshold: $threshold,
  minAttempts: $minAttempts, measure: $measure) { kind target { id name } level status accuracy attempts
  weakRule { threshold } } } } } }"""
KINDS = st.sampled_from(["SKILL", "CONCEPT"])
NUMBERS = st.sampled_from(["LEVEL", "PERCENT"])
FEW = settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def headers(role: str = "admin", sub: str = "olga") -> dict[str, str]:
    return {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}


def url(table: str, group: str = GROUP) -> str:
    return f"/groups/{group.replace('/', '%2F')}/{table}.csv"


def rows_of(reply: httpx.Response) -> list[list[str]]:
    assert reply.status_code == 200, reply.text
    return list(csv.reader(io.StringIO(reply.content.decode(), newline="")))


def safe(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@" else text


def cell(value: float | None, numbers: str = "LEVEL") -> str:
    """A level as a table has it, computed apart from the product's own rule."""
    if value is None:
        return ""
    return str(value) if numbers == "LEVEL" else str(math.floor(round(value * 100, 6)))


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[Client]:
    options: dict[str, Any] = {
        "jwt_secret": SECRET,
        "rate_limit": "",
        "pseudonym_key": "k" * 32,
        "analyst_min_group": 3,
    }
    async with service(database, **options) as http:
        yield http


@pytest.fixture
async def group(course: None, ask: Ask) -> None:
    """Four students of a group, one of them without answers, and a group of another teacher."""
    sent = [
        {"studentId": student, "conceptIds": [concept], "correct": n % 3 != place, "at": f"2026-02-0{n + 1}T08:00:00Z"}
        for place, student in enumerate(["p1", "p2", "p3"])
        for concept in ("nominative", "accusative")[: place + 1]
        for n in range(6)
    ]
    await ask(
        WRITE,
        students=[{"id": key, "name": name} for key, name in STUDENTS.items()],
        group={"id": GROUP, "name": "7b", "studentIds": list(STUDENTS), "teacherIds": ["tina"]},
        empty={"id": "8c", "name": "8c", "studentIds": [], "teacherIds": ["tom"]},
        answers={"answers": sent},
    )


async def asked(http: httpx.AsyncClient, query: str, sent: dict[str, str], **variables: Any) -> Any:
    body = {"query": query, "variables": {"id": GROUP, **variables}}
    reply = (await http.post("/graphql", json=body, headers=sent)).json()
    assert "errors" not in reply, reply
    return reply["data"]


@pytest.mark.usefixtures("group")
@FEW
@given(
    st.fixed_dictionaries(
        {"kind": KINDS},
        optional={
            "asOf": st.sampled_from(["2026-02-03T12:00:00+00:00", "2026-02-05T00:00:00Z", NOW.isoformat()]),
            "allCourses": st.booleans(),
        },
    ),
    st.sampled_from([{}, {}, {"skillCode": "grammar"}, {"skillCodes": ["cases", "talk"]}]),
    NUMBERS,
    st.sampled_from(["admin", "teacher", "analyst"]),
    st.booleans(),
)
async def test_levels(
    guarded: Client, arguments: dict[str, Any], scope: dict[str, Any], numbers: str, role: str, attempts: bool
) -> None:
    if scope:
        arguments.pop("allCourses", None)
    arguments |= scope
    sent = headers(role, "tina")
    params = {key: str(value).lower() if isinstance(value, bool) else value for key, value in arguments.items()}
    reply = await guarded.get(
        url("levels"), params={**params, "numbers": numbers, "attempts": str(attempts).lower()}, headers=sent
    )
    expected = (await asked(guarded, HEATMAP, sent, **arguments))["group"]["heatmap"]

    head, *rows = rows_of(reply)
    own = ["studentId"] if role == "analyst" else ["studentId", "name"]
    titles = {
        "grammar": "Grammar",
        "cases": "Cases",
        "talk": "Talking",
        "nominative": "Nominative",
        "accusative": "Accusative",
        "dative": "Dative",
    }
    assert head == [*own, *(titles[key] for key in expected["targetIds"])]
    cells = [[str(each) for each in row] for row in expected["attempts"]] if attempts else [
        [cell(level, numbers) for level in row] for row in expected["levels"]
    ]  # fmt: skip
    assert [row[len(own) :] for row in rows] == cells
    assert [row[0] for row in rows] == expected["studentIds"]
    if role == "analyst":
        assert not set(STUDENTS) & set(expected["studentIds"]), "pseudonyms"
    else:
        assert [row[1] for row in rows] == [safe(STUDENTS[key]) for key in expected["studentIds"]]


@pytest.mark.usefixtures("group")
@FEW
@given(KINDS, st.sampled_from(["ID", "NAME", "MEAN_LEVEL", "NEEDS_FOCUS", "LAST_PRACTICED"]), st.booleans(), NUMBERS)
async def test_the_roster(guarded: Client, kind: str, order: str, reverse: bool, numbers: str) -> None:
    sent = headers("teacher", "tina")
    arguments = {"kind": kind, "orderBy": order, "reverse": reverse}
    params: dict[str, Any] = {**arguments, "reverse": str(reverse).lower(), "numbers": numbers}
    head, *rows = rows_of(await guarded.get(url("roster"), params=params, headers=sent))
    expected = (await asked(guarded, ROSTER, sent, **arguments))["students"]["nodes"]

    assert len(rows) == len(STUDENTS)
    for row, each in zip(rows, expected, strict=True):
        counts = {count["status"]: str(count["count"]) for count in each["statusCounts"]}
        own = [each["id"], safe(each["name"]), each["lastPracticedAt"] or "", str(each["attempts"])]
        assert row[:5] == [*own, cell(each["meanLevel"], numbers)]
        assert {key: value for key, value in zip(head[5:], row[5:], strict=True) if value != "0"} == {
            key: value for key, value in counts.items() if value != "0"
        }


@pytest.mark.usefixtures("group")
@FEW
@given(
    st.fixed_dictionaries(
        {"kind": KINDS},
        optional={
            "threshold": st.sampled_from([0.3, 0.7, 0.97, 1.0]),
            "minAttempts": st.sampled_from([1, 4]),
            "measure": st.sampled_from(["LEVEL", "ACCURACY"]),
        },
    ),
    NUMBERS,
)
async def test_the_weak_list(guarded: Client, arguments: dict[str, Any], numbers: str) -> None:
    sent = headers("teacher", "tina")
    _, *rows = rows_of(await guarded.get(url("weak"), params={**arguments, "numbers": numbers}, headers=sent))
    members = (await asked(guarded, WEAK, sent, **arguments))["group"]["members"]["nodes"]

    assert [(*row[:9], row[10]) for row in rows] == [
        (
            member["id"], safe(member["name"]), weak["kind"], weak["target"]["id"], weak["target"]["name"],
            cell(weak["level"], numbers), weak["status"], cell(weak["accuracy"], numbers), str(weak["attempts"]),
            cell(weak["weakRule"]["threshold"], numbers),
        )
        for member in members
        for weak in member["weakSkills"]
    ]  # fmt: skip
    if arguments.get("threshold") == 1.0 and arguments.get("measure") == "ACCURACY":
        assert rows


@pytest.mark.usefixtures("group")
async def test_access_is_that_of_graphql(guarded: Client) -> None:
    async def status(table: str, role: str, sub: str, group: str = GROUP) -> tuple[int, str]:
        reply = await guarded.get(url(table, group), headers=headers(role, sub))
        return reply.status_code, "" if reply.status_code == 200 else reply.json()["errors"][0]["extensions"]["code"]

    for table in ("levels", "roster", "weak"):
        assert await status(table, "teacher", "tina") == (200, "")
        assert await status(table, "service", "quiz") == (200, "")
        hidden = await guarded.get(url(table), headers=headers("teacher", "tom"))
        missing = await guarded.get(url(table, "nope"), headers=headers("teacher", "tom"))
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text.replace(GROUP, "nope") == missing.text, "hidden and missing groups look the same"
        assert await status(table, "student", "p1") == (403, "FORBIDDEN")
        assert (await guarded.get(url(table))).status_code == 401
    assert await status("roster", "analyst", "ann") == (403, "FORBIDDEN")
    assert await status("weak", "analyst", "ann") == (403, "FORBIDDEN")
    assert await status("levels", "analyst", "ann", "8c") == (403, "GROUP_TOO_SMALL")


@pytest.mark.usefixtures("group")
async def test_the_file_and_its_etag(guarded: Client, ask: Ask) -> None:
    first = await guarded.get(url("levels"), headers=headers())
    known = {"If-None-Match": first.headers["etag"]}
    second = await guarded.get(url("levels"), headers=headers() | known)
    await ask(WRITE, students=[{"id": "p3", "name": "Anne"}], group={"id": "8c"}, empty={"id": "8c"}, answers={"answers": [
        {"studentId": "p4", "skillCodes": ["talk"], "correct": True}]})  # fmt: skip
    third = await guarded.get(url("levels"), headers=headers() | known)

    assert first.headers["content-type"] == "text/csv; charset=utf-8"
    assert first.headers["content-disposition"] == 'attachment; filename="levels-7b_x.csv"'
    assert first.headers["cache-control"] == "private, no-cache"
    assert not first.content.startswith(b"\xef\xbb\xbf")
    assert (second.status_code, second.content, third.status_code) == (304, b"", 200)
    assert third.headers["etag"] != first.headers["etag"]


PARAMETERS = [
    ("levels", {"numbers": "percent"}, "numbers", "must be one of LEVEL, PERCENT"),
    ("levels", {"nope": "1"}, "nope", "is no parameter of this table"),
    ("levels", {"attempts": "1"}, "attempts", "must be true or false"),
    ("levels", {"kind": ["SKILL", "CONCEPT"]}, "kind", "must be given once"),
    ("levels", {"kind": "skill"}, None, "$kind"),
    ("levels", {"skillCode": "cases", "allCourses": "true"}, "skillCodes, courseId, allCourses", "give either"),
    ("weak", {"threshold": "half"}, "threshold", "must be a number"),
    ("weak", {"minAttempts": "1.5"}, "minAttempts", "must be a whole number"),
    ("weak", {"threshold": "nan"}, None, ""),
]


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize(("table", "params", "field", "rule"), PARAMETERS)
async def test_a_parameter_that_breaks_a_rule_is_named(
    guarded: Client, table: str, params: dict[str, Any], field: str | None, rule: str
) -> None:
    reply = await guarded.get(url(table), params=params, headers=headers())

    error = reply.json()["errors"][0]
    assert reply.status_code == 400, reply.text
    assert error["extensions"].get("field") == field or field is None
    assert rule in error["message"]


@pytest.mark.usefixtures("group")
async def test_tables_are_served_where_only_trusted_documents_run(database: dict[str, str], tmp_path: Any) -> None:
    path = tmp_path / "documents.json"
    path.write_text('{"1f": "{ __typename }"}')
    async with service(database, jwt_secret=SECRET, trusted_documents=path) as http:
        assert (await http.get(url("weak"), headers=headers())).status_code == 200
        assert len(rows_of(await http.get(url("levels"), headers=headers()))) == 1 + len(STUDENTS)

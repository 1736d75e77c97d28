"""Who sees which trends: analysts nothing about too few students, students only themselves, teachers their groups."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.run_sessions import start_session
from tests.application import service
from tests.conftest import NOW
from tests.schema.test_access import KEY
from tests.tokens import SECRET, signed

STUDENTS = [f"pupil-{number:02}" for number in range(12)]
SINCE = (NOW - timedelta(days=2)).isoformat()
UNTIL = NOW.isoformat()
WINDOW = f'by: DAY, since: "{SINCE}", until: "{UNTIL}"'
GROUP = f"""query($id: ID!) {{ group(id: $id) {{
  series(kind: CONCEPT, {WINDOW}) {{ points {{ defined coverage meanLevel statuses {{ status count }} }} }}
  studentSeries(kind: CONCEPT, {WINDOW}) {{ studentIds levels started mastered }}
  movement(kind: CONCEPT, since: "{SINCE}", until: "{UNTIL}") {{ crossings {{ up }} transitions {{ count students }}
    after {{ meanLevel statuses {{ status count }} }} }}
  heatmap(kind: CONCEPT, asOf: "{UNTIL}") {{ studentIds targetIds levels }}
  activity({WINDOW}) {{ points {{ students answers correct timedAnswers timeOnTask sessions sessionTime }} }} }} }}"""
STUDENT = f"""query($id: ID!) {{ student(id: $id) {{ levelSeries(kind: CONCEPT, {WINDOW}) {{ targets {{ targetId attempts }} }}
  recencySeries({WINDOW}) {{ skills {{ skillCode }} }} topicSeries({WINDOW}) {{ topics {{ skillCode }} }}
  activity({WINDOW}) {{ points {{ answers }} }} }} }}"""
PEOPLE = f"""query($id: ID!) {{ group(id: $id) {{ sessions {{ totalCount nodes {{ student {{ id }} }} }}
  movement(kind: CONCEPT, since: "{SINCE}", until: "{UNTIL}") {{ moves {{ nodes {{ studentId }} }} }} }} }}"""


@pytest.fixture
async def crowd(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    """Twelve students answered "dative" yesterday, with a session; two of them answered "accusative" today, timed."""
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("twelve", "Twelve", STUDENTS, ["ms-lee"]), NOW)
    await upsert_group(gateway, Group("nine", "Nine", STUDENTS[:9], ["mr-ray"]), NOW)
    answers = []
    for place, key in enumerate(STUDENTS):
        await start_session(gateway, f"session-{place}", key, NOW - timedelta(days=1, hours=1))
        at = NOW - timedelta(days=1)
        answers.append(AnswerInput(key, correct=False, concept_ids=["dative"], at=at))
        if place < 2:
            answers.append(AnswerInput(key, correct=True, concept_ids=["accusative"], at=NOW, response_time=9.0))
    await intake.submit(answers)


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEY, rate_limit="") as http:
        yield http


async def send(http: httpx.AsyncClient, principal: str, role: str, query: str, key: str) -> Any:
    headers = {"Authorization": f"Bearer {signed(sub=principal, role=role)}"}
    reply = await http.post("/graphql", json={"query": query, "variables": {"id": key}}, headers=headers)
    return reply.json()


@pytest.mark.usefixtures("crowd")
async def test_an_analyst_sees_no_trend_of_too_few_students(guarded: httpx.AsyncClient) -> None:
    reply = (await send(guarded, "an", "analyst", GROUP, "twelve"))["data"]["group"]
    before, yesterday, today = reply["series"]["points"]
    assert before["defined"] == 0
    assert yesterday["defined"] == 12
    assert yesterday["meanLevel"] is not None
    counts = {each["status"]: each["count"] for each in today["statuses"]}
    assert counts == {"NOT_STARTED": 22, "MASTERED": 0}, "the others would reveal two students"

    rows = reply["studentSeries"]
    assert not set(rows["studentIds"]) & set(STUDENTS)
    assert rows["studentIds"] == reply["heatmap"]["studentIds"]
    assert [row[-1] for row in rows["started"]] == [1] * 12, "accusative does not count"
    assert "accusative" not in reply["heatmap"]["targetIds"]

    assert reply["movement"]["transitions"] is None
    assert reply["movement"]["crossings"] is None
    days = reply["activity"]["points"]
    assert [day["answers"] for day in days] == [0, 12, None]
    assert [day["students"] for day in days] == [0, 12, None]
    assert [day["timeOnTask"] for day in days] == [0, 0, None]
    assert [day["timedAnswers"] for day in days] == [0, 0, None]
    assert [day["sessions"] for day in days] == [0, 12, 0]

    small = await send(guarded, "an", "analyst", GROUP, "nine")
    assert {each["extensions"]["code"] for each in small["errors"]} == {"GROUP_TOO_SMALL"}
    for document, key in ((STUDENT, STUDENTS[0]), (PEOPLE, "twelve")):
        refused = await send(guarded, "an", "analyst", document, key)
        assert {each["extensions"]["code"] for each in refused["errors"]} == {"FORBIDDEN"}
        assert refused.get("data") is None


@pytest.mark.usefixtures("crowd")
async def test_a_student_sees_only_their_own_trends_and_a_teacher_only_their_groups(guarded: httpx.AsyncClient) -> None:
    own = (await send(guarded, STUDENTS[0], "student", STUDENT, STUDENTS[0]))["data"]["student"]
    assert [each["targetId"] for each in own["levelSeries"]["targets"]] == ["accusative", "dative"]
    assert [day["answers"] for day in own["activity"]["points"]] == [0, 1, 1]
    assert (await send(guarded, STUDENTS[0], "student", STUDENT, STUDENTS[1]))["data"] == {"student": None}
    for document in (GROUP, PEOPLE):
        refused = await send(guarded, STUDENTS[0], "student", document, "twelve")
        assert {each["extensions"]["code"] for each in refused["errors"]} == {"FORBIDDEN"}

    seen = (await send(guarded, "ms-lee", "teacher", PEOPLE, "twelve"))["data"]["group"]
    assert seen["sessions"]["totalCount"] == 12
    assert {each["studentId"] for each in seen["movement"]["moves"]["nodes"]} == set(STUDENTS)
    whole = (await send(guarded, "ms-lee", "teacher", GROUP, "twelve"))["data"]["group"]
    assert whole["movement"]["transitions"] is not None
    assert [day["answers"] for day in whole["activity"]["points"]] == [0, 12, 2]
    assert (await send(guarded, "mr-ray", "teacher", PEOPLE, "twelve"))["data"] == {"group": None}
    assert (await send(guarded, "mr-ray", "teacher", STUDENT, STUDENTS[11]))["data"] == {"student": None}

"""Row-level access: every statement, for every kind of viewer."""

from typing import Any

import pytest

from graph_api.domain.failures import Forbidden
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.principals import WITHOUT_AUTHENTICATION, Principal, Role
from graph_api.store import groups, students
from graph_api.store.cypher_files import VIEWER, Statement, load
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.packaged import packaged
from graph_api.store.viewers import AnalystRules, OneAnalyst, OneStudent, OneTeacher, Viewer, viewer_of
from tests.conftest import NOW, Ask

STATEMENTS = load(packaged("cypher"))
RULES = AnalystRules(b"a key of the tests, that nothing else uses", least=1)
PEOPLE = ["anna", "ben", "nobody"]
CLASSES = ["hers", "other", "none"]


@pytest.fixture(scope="module")
async def people(gateway: Gateway, raw: Ask) -> None:
    """Anna is in her class, taught by Ms T; Ben in another one."""
    await raw("MATCH (n) WHERE n:Student OR n:Group OR n:Teacher DETACH DELETE n")

    async def work(tx: Transaction) -> None:
        await students.put(tx, [Student("anna", "Anna"), Student("ben", "Ben")], NOW)
        await groups.put(tx, Group("hers", "Hers", ["anna"], ["ms-t"]), NOW)
        await groups.put(tx, Group("other", "Other", ["ben"], ["mr-u"]), NOW)

    await gateway.write(work)


def shapes(statement: Statement) -> list[Any]:
    """What a statement's parameter of people may hold."""
    keys = PEOPLE if statement.about.whose == "students" else CLASSES
    return [*keys, keys, [{"student_id": key, "target": "t"} for key in keys]]


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda statement: statement.name)
@pytest.mark.parametrize("viewer", [OneStudent("anna"), OneTeacher("ms-t")], ids=["student", "teacher"])
@pytest.mark.usefixtures("people")
async def test_hidden_ids_are_removed_from_parameters(gateway: Gateway, statement: Statement, viewer: Viewer) -> None:
    about = statement.about

    async def narrowed(params: dict[str, Any]) -> Any:
        return await gateway.read(lambda tx: viewer.narrow(statement, params, tx._fetch))

    if about.whose in {"students", "groups"} and about.param not in {None, VIEWER}:
        for given in shapes(statement):
            params = str(await narrowed({about.param: given}))
            assert not any(key in params for key in ("ben", "nobody", "other", "none")), params
            assert ("anna" in params) == ("anna" in str(given)), params
            assert ("hers" in params) == ("hers" in str(given)), params
    elif about.param == VIEWER and isinstance(viewer, OneTeacher):
        assert await narrowed({VIEWER: None}) == {VIEWER: "ms-t"}
    elif about.whose == "students" and about.param is None:
        rows = [{"student_id": key} for key in PEOPLE]
        shown = await gateway.read(lambda tx: viewer.show(statement, rows, tx._fetch))
        assert shown == [{"student_id": "anna"}]
    elif about.whose == "no student" and statement.mode == "read":
        assert await narrowed({"anything": 1}) == {"anything": 1}
    else:
        with pytest.raises(Forbidden):
            await narrowed({})


@pytest.mark.usefixtures("people")
async def test_an_analyst_can_use_only_pseudonyms_that_were_shown(gateway: Gateway) -> None:
    seen = gateway.seen_by(OneAnalyst("a", RULES))

    (member,) = await seen.read(lambda tx: groups.read_member_ids(tx, "hers"))

    assert member not in PEOPLE
    assert await seen.read(lambda tx: groups.read_ids_of_students(tx, [member, "anna", "ben"])) == {member: ["hers"]}
    assert (
        await gateway.seen_by(OneAnalyst("a", RULES)).read(lambda tx: groups.read_ids_of_students(tx, [member])) == {}
    ), "a pseudonym that this one was not shown"
    assert await gateway.seen_by(OneAnalyst("b", RULES)).read(lambda tx: groups.read_member_ids(tx, "hers")) == [member]
    other = gateway.seen_by(OneAnalyst("a", AnalystRules(b"another key", least=1)))
    assert await other.read(lambda tx: groups.read_member_ids(tx, "hers")) != [member]


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda statement: statement.name)
async def test_an_analyst_cannot_write_or_read_names(statement: Statement, gateway: Gateway) -> None:
    viewer = OneAnalyst("a", RULES)
    if statement.mode == "write" or statement.about.named:
        with pytest.raises(Forbidden):
            await gateway.read(lambda tx: viewer.narrow(statement, {}, tx._fetch))
    elif "student_id" in statement.columns:
        row = dict.fromkeys(statement.columns) | {"student_id": "anna"}
        pseudonym = viewer._pseudonym("hers", "anna")
        about = statement.about.param or ""
        params = {about: pseudonym if statement.about.whose == "students" else "hers"}
        (shown,) = await gateway.read(lambda tx: viewer.show(statement, [row], tx._fetch, params))
        assert "anna" not in shown.values()
        of_others = await gateway.read(lambda tx: viewer.show(statement, [row], tx._fetch, {about: []}))
        assert statement.about.whose != "students" or statement.about.param is None or of_others == []


WITHOUT_STUDENTS = {
    "audit/count", "audit/list_page", "run/count", "run/list_by_ids", "run/list_page", "service/count", "student/count",
    "student/count_of_group",
    "student/count_links", "course/count_links", "target_mastery/count_of_all", "due_replay/list_stale_concepts", "due_replay/list_stale_skills", "mastery/list_states", "restore/count_nodes",
}  # fmt: skip
"""Statements about all students without a student's id or name. Runs may hold an id in `input`, which field rules protect."""


def test_statements_about_all_students_identify_none_to_an_analyst() -> None:
    names = {
        statement.name
        for statement in STATEMENTS.values()
        if statement.mode == "read" and statement.about == ("all students", None, False)
    }
    assert {name for name in names if "student_id" not in STATEMENTS[name].columns} == WITHOUT_STUDENTS


def test_who_has_no_viewer() -> None:
    assert viewer_of(WITHOUT_AUTHENTICATION, None) is None
    assert viewer_of(Principal("quiz", Role.SERVICE), None) is None
    with pytest.raises(Forbidden, match="no key for pseudonyms"):
        viewer_of(Principal("a", Role.ANALYST), None)

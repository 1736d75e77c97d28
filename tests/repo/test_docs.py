"""The papers are true: their examples run, their settings are the settings, their links lead somewhere."""

import json
import re
from collections import Counter
from pathlib import Path

import httpx
import pytest
from graphql import build_schema, get_operation_ast, parse, validate
from graphql.execution.values import get_variable_values

from graph_api.config import PREFIX, Settings
from tests.clients.documents import documents

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("seeds/*.md")])
EXAMPLES = [
    (paper.relative_to(ROOT).as_posix(), code)
    for paper in PAPERS
    for code in re.findall(r"```python\n(.*?)```", paper.read_text(), re.DOTALL)
]


@pytest.mark.parametrize(("paper", "code"), EXAMPLES, ids=[f"{paper}-{n}" for n, (paper, _) in enumerate(EXAMPLES)])
def test_examples_run(paper: str, code: str) -> None:
    exec(compile(code, paper, "exec"), {})  # noqa: S102 - our own papers


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(paper: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", paper.read_text()):
        assert target.startswith("https://") or (paper.parent / target).exists(), target


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / ".env.example").read_text()
    documented = dict(re.findall(rf"^(?:# )?({PREFIX}\w+)=(.*)$", text, re.MULTILINE))
    fields = Settings.model_fields

    assert documented.keys() == {PREFIX + name.upper() for name in fields}
    given = {name.removeprefix(PREFIX).lower(): value for name, value in documented.items()}
    read = Settings(_env_file=None, **{name: value for name, value in given.items() if value})
    default = Settings(_env_file=None)
    assert {name: getattr(read, name) for name in fields} == {name: getattr(default, name) for name in fields}


def test_every_graphql_document_of_the_pages_fits_the_schema() -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text())
    examples = documents(ROOT)

    fences = sum(paper.read_text().count("```graphql\n") for paper in PAPERS)
    assert len(examples) > fences > 12  # and what curl posts
    assert {each.name: problems for each in examples if (problems := validate(schema, parse(each.text)))} == {}


def test_every_graphql_document_of_the_pages_stands_beside_its_variables() -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text())

    for each in documents(ROOT):
        operation = get_operation_ast(parse(each.text))
        assert operation is not None
        values = get_variable_values(schema, operation.variable_definitions or (), each.variables)
        assert not isinstance(values, list), (each.name, values)


def test_operations_of_the_pages_and_of_the_clients_have_names_of_their_own() -> None:
    clients = ROOT / "tests" / "clients"
    programs = [*clients.glob("*/*.ts"), *clients.glob("*/*.tsx"), *clients.glob("python/ariadne/*.graphql")]
    texts = [each.text for each in documents()] + [path.read_text(encoding="utf-8") for path in programs]
    names = Counter(
        name for text in texts for name in re.findall(r"\b(?:query|mutation|subscription) (\w+) ?[({]", text)
    )

    assert len(names) > 40
    assert [name for name, count in names.items() if count > 1] == []  # code generators refuse the second


def test_code_for_front_ends_is_the_code_that_clients_run() -> None:
    text = "".join((ROOT / "docs" / name).read_text() for name in ("frontend.md", "federation.md"))
    blocks = re.findall(r"^```(?:ts|tsx|json)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    folder = ROOT / "tests" / "clients"
    sources = [
        path.read_text()
        for pattern in ("*.ts", "*/*.ts", "*/*.tsx", "*/*.json")
        for path in folder.glob(pattern)
        if not {"node_modules", "generated"} & set(path.relative_to(folder).parts)
    ]

    assert len(blocks) >= 12
    assert [block for block in blocks if not any(block in source for source in sources)] == []


def test_clients_have_one_version_and_no_lock_file_that_names_a_registry() -> None:
    folder = ROOT / "tests" / "clients"
    node = json.loads((folder / "package.json").read_text())["dependencies"]
    python = [line for path in folder.glob("requirements-*.txt") for line in path.read_text().splitlines()]

    assert {name: version for name, version in node.items() if not re.fullmatch(r"[\d.]+", version)} == {}
    assert [line for line in python if not re.fullmatch(r"[\w\[\]-]+==[\d.]+", line)] == []
    assert "package-lock=false" in (folder / ".npmrc").read_text()


@pytest.mark.usefixtures("clean")
async def test_the_readme_posts_an_answer(client: httpx.AsyncClient) -> None:
    text = (ROOT / "README.md").read_text()
    body = text.split("-d '")[1].split("'\n```")[0]
    promised = json.loads(text.split("## Record answers")[1].split("```json\n")[1].split("```")[0])
    upsert = """mutation { upsertSkills(input: [{code: "grammar_cases", name: "G", category: "g"}]) { __typename }
      upsertConcepts(input: [{id: "gr_articles", name: "A", skillCodes: ["grammar_cases"]}]) { __typename } }"""
    await client.post("/graphql", json={"query": upsert})

    reply = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert reply.json() == promised
    again = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    promised["data"]["recordAnswer"]["duplicate"] = True
    assert again.json() == promised

"""The papers are true: their examples run, their settings are the settings, their links lead somewhere."""

import json
import re
from pathlib import Path

import httpx
import pytest

from graph_api.config import PREFIX, Settings

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


async def test_the_readme_posts_an_answer(clean: None, client: httpx.AsyncClient) -> None:
    assert clean is None
    text = (ROOT / "README.md").read_text()
    body = text.split("-d '")[1].split("'\n```")[0]
    promised = json.loads(text.split("## Post an answer")[1].split("```json\n")[1].split("```")[0])
    upsert = """mutation { upsertSkills(input: [{code: "grammar_cases", name: "G", category: "g"}]) { __typename }
      upsertConcepts(input: [{id: "gr_articles", name: "A", skillCodes: ["grammar_cases"]}]) { __typename } }"""
    await client.post("/graphql", json={"query": upsert})

    reply = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert reply.json() == promised
    again = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    promised["data"]["recordAnswer"]["duplicate"] = True
    assert again.json() == promised

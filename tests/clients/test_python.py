"""Clients of PyPI, each in an environment of its own: they pin other versions of graphql-core than the service."""

import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import HERE, run
from tests.clients.install import python_of

pytestmark = pytest.mark.timeout(400)
PROGRAMS = HERE / "python"


def test_gql_with_every_transport(demo: str) -> None:
    printed = run(python_of("gql"), PROGRAMS / "gql_client.py", f"{demo}/graphql")
    assert printed.count("passed") == 6, printed


def test_ariadne_codegen(demo: str, tmp_path: Path, typed_documents: Path) -> None:
    shutil.copytree(PROGRAMS / "ariadne", tmp_path, dirs_exist_ok=True)
    queries = tmp_path / "queries"
    queries.mkdir()
    shutil.move(tmp_path / "queries.graphql", queries)
    assert typed_documents.exists()
    for document in (HERE / "documents" / "extracted").glob("*.graphql"):
        shutil.copy(document, queries)
    run(python_of("ariadne"), "-m", "ariadne_codegen", cwd=tmp_path, GRAPH_API_URL=f"{demo}/graphql")
    printed = run(python_of("ariadne"), PROGRAMS / "ariadne_client.py", f"{demo}/graphql", PYTHONPATH=str(tmp_path))
    assert "passed" in printed


def test_sgqlc(demo: str, tmp_path: Path) -> None:
    introspection, package = tmp_path / "schema.json", tmp_path / "generated_schema.py"
    run(python_of("ariadne"), "-m", "sgqlc.introspection", "--exclude-description", f"{demo}/graphql", introspection)
    run(python_of("ariadne").with_name("sgqlc-codegen"), "schema", introspection, package)
    printed = run(python_of("ariadne"), PROGRAMS / "sgqlc_client.py", f"{demo}/graphql", PYTHONPATH=str(tmp_path))
    assert "passed" in printed

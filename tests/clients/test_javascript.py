"""Clients of npm in Node.js, as front ends use them."""

import re
from pathlib import Path

import pytest

from tests.clients.conftest import BIN, GENERATED, HERE, Guarded, run, tsx

pytestmark = pytest.mark.timeout(400)


def test_every_program_and_what_was_generated_is_strict_typescript(
    typed_documents: Path, relay_documents: Path
) -> None:
    assert typed_documents.exists()
    assert relay_documents.exists()
    run(BIN / "tsc")


def test_graphql_codegen_generates_a_client_from_the_url(demo: str, typed_documents: Path) -> None:
    assert typed_documents.stat().st_size > 2
    assert "CONCEPT_NOT_FOUND" in tsx("codegen/main.ts", f"{demo}/graphql")


def test_every_document_of_the_pages_runs(demo: str, typed_documents: Path) -> None:
    generated = (typed_documents.parent / "graphql.ts").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in (HERE / "documents" / "extracted").glob("*.graphql")]
    names = [match[1] for text in texts if (match := re.search(r"(?:query|mutation|subscription) (\w+)", text))]

    assert len(names) == len(texts) > 12
    assert [name for name in names if f'"value":"{name}"' not in generated] == []
    assert f"{len(names)} of {len(names)} documents ran" in tsx("documents/main.ts", f"{demo}/graphql")


def test_apollo_client(demo: str, typed_documents: Path) -> None:
    assert typed_documents.exists()
    printed = tsx("apollo/main.ts", f"{demo}/graphql")
    assert printed.count("passed") == 4, printed


def test_components_of_apollo_client_agree_in_the_default_cache(demo: str, typed_documents: Path) -> None:
    assert typed_documents.exists()
    printed = tsx("apollo/identity.tsx", f"{demo}/graphql")
    assert printed.count("passed") == 2, printed


def test_apollo_client_waits_for_the_seconds_of_retry_after(guarded: Guarded) -> None:
    assert "refused at first" in tsx("apollo/retry.ts", f"{guarded.url}/graphql", guarded.student_token)


def test_urql(demo: str, typed_documents: Path) -> None:
    assert typed_documents.exists()
    printed = tsx("urql/main.ts", f"{demo}/graphql")
    assert printed.count("passed") == 2, printed


def test_relay(demo: str, relay_documents: Path) -> None:
    assert relay_documents.exists()
    printed = tsx(str(GENERATED / "relay.js"), f"{demo}/graphql")
    assert printed.count("passed") == 2, printed


def test_trusted_documents_of_graphql_codegen(trusting: str) -> None:
    assert "passed" in tsx("trusted/main.ts", f"{trusting}/graphql")


def test_trusted_documents_of_relay(trusting: str) -> None:
    printed = tsx(str(GENERATED / "relay-trusted.js"), f"{trusting}/graphql")
    assert printed.count("passed") == 2, printed

"""What is sent of a statement depends on the database, and never on the values of its parameters."""

import pytest

from graph_api.store.cypher_files import Statement, load
from graph_api.store.packaged import packaged
from graph_api.store.sent_statements import GIVEN, as_written, form_for, in_one_map
from graph_api.store.statement_text import blank, parameters

STATEMENTS = load(packaged("cypher"))


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda statement: statement.name)
def test_one_map_has_all_parameters_and_leaves_the_rest_of_the_text_alone(statement: Statement) -> None:
    given = dict.fromkeys(statement.params, 1)

    text, sent = in_one_map(statement.text, given)

    assert sent == ({GIVEN: given} if given else {})
    assert parameters(blank(text)) == ({GIVEN} if given else set())
    assert text.replace(f"${GIVEN}.", "$") == statement.text


@pytest.mark.parametrize(
    ("agent", "form"),
    [
        ("Neo4j/5.26.30", in_one_map),
        ("Neo4j/2026.04.0", in_one_map),
        ("Neo4j/5.27-aura", in_one_map),
        ("Neo4j/5.26.0 compatible (ArcadeDB 26.10.2)", as_written),
        ("Memgraph/v3.1", as_written),
        ("", as_written),
    ],
)
def test_only_neo4j_gets_one_map(agent: str, form: object) -> None:
    assert form_for(agent) is form

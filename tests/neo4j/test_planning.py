"""Neo4j plans a statement once, whatever the types and lengths of what it is given."""

import itertools

import pytest

from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import Ask

pytestmark = [pytest.mark.neo4j, pytest.mark.usefixtures("course")]


async def test_batches_of_all_sizes_have_one_plan(raw: Ask, intake: AnswerIntake) -> None:
    batches = itertools.product((1, 2, 11), (["dative"], ["dative", "nominative"]), (["talk"], []), ("a", "a" * 20))
    await raw("CALL db.clearQueryCaches()")
    await raw("CALL db.stats.clear('QUERIES')")
    await raw("CALL db.stats.collect('QUERIES')")
    for turn, (size, concepts, skills, name) in enumerate(batches):
        given = [
            AnswerInput(f"{name}{n}-{turn % 5}", correct=True, concept_ids=concepts, skill_codes=skills)
            for n in range(size)
        ]
        assert all(isinstance(each, Recorded) for each in await intake.submit(given))
    await raw("CALL db.stats.stop('QUERIES')")

    plans = [
        row["data"]["invocations"]
        for row in await raw("CALL db.stats.retrieve('QUERIES')")
        if "AS known_concepts" in row["data"]["query"]
    ]
    assert sum(map(len, plans)) >= 24
    assert len(plans) <= 2  # one, and another when the data have grown; with a parameter for each list they were 10

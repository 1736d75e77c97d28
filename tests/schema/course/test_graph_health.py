"""The health of the course graph over HTTP (Q11)."""

import pytest

from graph_api.domain.course.course import Concept
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.edit_course import link_prerequisite, upsert_concepts
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

pytestmark = pytest.mark.usefixtures("course")


async def test_the_health_of_the_graph(ask: Ask, gateway: Gateway) -> None:
    await upsert_concepts(gateway, [Concept("alone", "Alone", [], [])], NOW)
    await link_prerequisite(gateway, "nominative", "dative")

    reply = (
        await ask(
            "{ graphHealth { concepts links depth longestChain components largestComponent orphans redundantLinks { prerequisiteId conceptId } } }"
        )
    )["graphHealth"]

    assert reply == {
        "concepts": 4, "links": 3, "depth": 2, "longestChain": ["nominative", "accusative", "dative"], "components": 2,
        "largestComponent": 3, "orphans": ["alone"], "redundantLinks": [{"prerequisiteId": "nominative", "conceptId": "dative"}],
    }  # fmt: skip


async def test_an_empty_course_has_no_answers_and_no_faults(raw: Ask, ask: Ask) -> None:
    await empty(raw)
    reply = await ask(
        "{ rootCauses { students causes { conceptId } } weakClusters { clusters { size } } graphHealth { concepts depth longestChain } }"
    )

    assert reply["graphHealth"] == {"concepts": 0, "depth": 0, "longestChain": []}
    assert (reply["rootCauses"]["causes"], reply["weakClusters"]["clusters"]) == ([], [])

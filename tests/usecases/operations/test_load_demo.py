"""The demo class shows something in every view."""

from collections import Counter

import pytest

from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.operations.load_demo import load_demo
from tests.conftest import NOW, Ask


@pytest.mark.usefixtures("clean")
async def test_the_demo_class_is_worth_looking_at(gateway: Gateway, intake: AnswerIntake, ask: Ask) -> None:
    shown: list[tuple[int, int]] = []
    await load_demo(gateway, intake, NOW, lambda done, total: shown.append((done, total)))
    assert shown[-1][0] == shown[-1][1]
    group = (
        await ask(
            '{ group(id: "demo") { name size teacherIds members { nodes { masteries(first: 500) { nodes { status } } } } } }'
        )
    )["group"]
    assert "simulated" in group["name"]
    assert group["size"] == 30
    assert len(group["teacherIds"]) == 2
    statuses = Counter(node["status"] for member in group["members"]["nodes"] for node in member["masteries"]["nodes"])
    assert min(statuses["MASTERED"], statuses["LEARNING"], statuses["NEEDS_FOCUS"]) > 100

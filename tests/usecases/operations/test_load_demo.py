"""The demo class shows something in every view."""

from collections import Counter
from collections.abc import Callable

import pytest

from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.operations.load_demo import load_demo
from tests.conftest import NOW, Ask


@pytest.mark.usefixtures("clean")
async def test_the_demo_class_is_worth_looking_at(
    gateway: Gateway, intake: AnswerIntake, ask: Ask, record_property: Callable[[str, object], None]
) -> None:
    shown: list[tuple[int, int]] = []
    await load_demo(gateway, intake, NOW, lambda done, total: shown.append((done, total)))
    assert shown[-1][0] == shown[-1][1]
    group = (
        await ask(
            'query($now: DateTime) { group(id: "demo") { name size teacherIds members { nodes { masteries(first: 500) { nodes { status } } '
            "concepts: masteries(first: 500, kind: CONCEPT) { nodes { level } } "
            "due(first: 500, asOf: $now) { retrievability probableLoss confidence confidenceReasons { kind } mastery { level } } } } } }",
            now=NOW.isoformat(),
        )
    )["group"]
    assert "simulated" in group["name"]
    assert group["size"] == 30
    assert len(group["teacherIds"]) == 2
    statuses = Counter(node["status"] for member in group["members"]["nodes"] for node in member["masteries"]["nodes"])
    assert min(statuses["MASTERED"], statuses["LEARNING"], statuses["NEEDS_FOCUS"]) > 100
    members = group["members"]["nodes"]
    due = [each for member in members for each in member["due"]]
    known = sum(node["level"] >= 0.5 for member in members for node in member["concepts"]["nodes"])
    record_property("figure", f"due: {len(due)} of {known} known, {len(due) / known:.1%}")
    assert 0.1 < len(due) / known < 1 / 3
    for member in members:
        losses = [each["probableLoss"] for each in member["due"]]
        assert losses == sorted(losses, reverse=True)
    for each in due:
        assert each["probableLoss"] == pytest.approx(each["mastery"]["level"] * (1 - each["retrievability"]))
        assert bool(each["confidenceReasons"]) is (each["confidence"] != "HIGH")

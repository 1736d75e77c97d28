"""What tests of the schema share."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.store.predictors import put_in_effect
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.operations.load_demo import load_demo
from tests.conftest import Ask
from tests.graph_copy import KeptGraph
from tests.schema.small_class import SETS

DEMO = KeptGraph()
PUT = "mutation($input: ParameterSetInput!) { putParameterSet(input: $input) { __typename } }"


@pytest.fixture(scope="module")
async def parameter_sets(ask: Ask, raw: Ask) -> AsyncIterator[None]:
    """The parameter sets that small classes name; taken away again."""
    for name, parameters in SETS.items():
        await ask(PUT, input={"name": name, **parameters})
    yield
    await raw("MATCH (n:ParameterSet) WHERE n.name IN $names DELETE n", names=list(SETS))


@pytest.fixture
async def knowledge_tracing_in_effect(gateway: Gateway, raw: Ask) -> AsyncIterator[None]:
    """Knowledge tracing predicts the next answer, before and after; predictors are gone."""
    await _remove_predictors(gateway, raw)
    yield
    await _remove_predictors(gateway, raw)


async def _remove_predictors(gateway: Gateway, raw: Ask) -> None:
    await gateway.write(lambda tx: put_in_effect(tx, {}))
    await raw("MATCH (n:PolicySet) WHERE n.kind = 'predictor' DELETE n")


@pytest.fixture(scope="module")
async def demo_class(gateway: Gateway, raw: Ask) -> datetime:
    """The demo class alone, for tests that only read it, and the moment as of which it was loaded."""

    async def load() -> datetime:
        moment = datetime.now(UTC)
        async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as intake:
            await load_demo(gateway, intake, moment)
        return moment

    moment: datetime = await DEMO.begin(raw, load)
    return moment

"""What tests of the schema share."""

from collections.abc import AsyncIterator

import pytest

from graph_api.store.gateway import Gateway
from graph_api.store.predictors import put_in_effect
from tests.conftest import Ask
from tests.schema.small_class import SETS

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

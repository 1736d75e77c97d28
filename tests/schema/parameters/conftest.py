"""What tests of parameters begin with."""

from collections.abc import AsyncIterator

import pytest

from graph_api.store.gateway import Gateway
from graph_api.store.predictors import put_in_effect
from tests.conftest import Ask


@pytest.fixture
async def knowledge_tracing_in_effect(gateway: Gateway, raw: Ask) -> AsyncIterator[None]:
    """Knowledge tracing predicts the next answer, before and after; predictors are gone."""
    await _remove_predictors(gateway, raw)
    yield
    await _remove_predictors(gateway, raw)


async def _remove_predictors(gateway: Gateway, raw: Ask) -> None:
    await gateway.write(lambda tx: put_in_effect(tx, {}))
    await raw("MATCH (n:PolicySet) WHERE n.kind = 'predictor' DELETE n")

"""What tests of the schema share."""

from collections.abc import AsyncIterator

import pytest

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

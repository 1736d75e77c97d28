"""Store parameter sets."""

from datetime import datetime

from graph_api.domain.parameter_sets import DEFAULTS
from graph_api.store import parameter_sets
from graph_api.store.gateway import Gateway, Transaction


async def ensure_defaults(gateway: Gateway, now: datetime) -> None:
    """Store the default set of each kind of target, if it is not there."""

    async def work(tx: Transaction) -> None:
        for default in DEFAULTS.values():
            await parameter_sets.create(tx, default, now)

    await gateway.write(work)

"""The forgetting parameters as they are now, read at most once per request (Q9)."""

from graph_api.domain.parameters.forgetting_parameters import DEFAULT_SET, ForgettingParameterSet
from graph_api.store.forgetting import read_id_in_effect
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import forgetting_sets


class ForgettingNow:
    """The forgetting parameters in effect; read again when others are put into effect, in whichever process.

    Attributes:
        default: those of the setting, in effect until others are.
    """

    def __init__(self, gateway: Gateway, default: ForgettingParameterSet = DEFAULT_SET) -> None:
        self.default = default
        self._gateway = gateway
        self._current = default

    async def now(self) -> ForgettingParameterSet:
        """The parameters; one small read checks that the stored copy is current. A version never changes."""
        self._current = await self._gateway.read_one(self._read)
        return self._current

    async def _read(self, tx: Transaction) -> ForgettingParameterSet:
        set_id = await read_id_in_effect(tx) or self.default.id
        for known in (self.default, self._current):
            if known.id == set_id:
                return known
        return (await forgetting_sets.read_by_ids(tx, [set_id]))[set_id]

"""The predictors of the next answer as they are now, read at most once per request (Q7)."""

from graph_api.domain.parameters.predictors.predictor_sets import PredictorSet
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import predictor_sets
from graph_api.store.predictors import read_ids_in_effect


class PredictorsNow:
    """The predictors in effect; read again when others are put into effect, in whichever process."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._known: dict[str, PredictorSet] = {}

    async def now(self) -> dict[TargetKind, PredictorSet]:
        """The predictors by kind; one small read checks that the stored copies are current. A version never changes."""
        in_effect = await self._gateway.read(self._read)
        self._known = {each.id: each for each in in_effect.values()}
        return in_effect

    async def _read(self, tx: Transaction) -> dict[TargetKind, PredictorSet]:
        ids = await read_ids_in_effect(tx)
        unknown = set(ids.values()) - self._known.keys()
        known = {**self._known, **(await predictor_sets.read_by_ids(tx, unknown) if unknown else {})}
        return {kind: known[set_id] for kind, set_id in ids.items()}

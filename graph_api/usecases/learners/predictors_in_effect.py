"""The predictors of the next answer as they are now, read again when the course's mark has changed (Q7)."""

from graph_api.domain.parameters.predictors.predictor_sets import PredictorSet
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import predictor_sets
from graph_api.store.predictors import read_ids_in_effect


class PredictorsNow:
    """The predictors in effect. Whichever process puts others into effect replaces the mark of the course."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._mark = ""
        self._current: dict[TargetKind, PredictorSet] = {}

    async def now(self, mark: str) -> dict[TargetKind, PredictorSet]:
        """The predictors by kind, under the mark that the caller has read."""
        if not mark or mark != self._mark:
            current = await self._gateway.read(self._read)
            self._current, self._mark = current, mark
        return self._current

    async def _read(self, tx: Transaction) -> dict[TargetKind, PredictorSet]:
        ids = await read_ids_in_effect(tx)
        known = {each.id: each for each in self._current.values()}  # a version never changes
        if unknown := set(ids.values()) - known.keys():
            known |= await predictor_sets.read_by_ids(tx, unknown)
        return {kind: known[set_id] for kind, set_id in ids.items()}

"""Loaders of what all members of a group have done: from memory, or by one statement for all fields of a request."""

from collections.abc import Iterable, Sequence
from functools import cached_property, partial

from graph_api.domain.learners.activity import StudentActions
from graph_api.execution.batching import DataLoader
from graph_api.execution.course_loaders import ONE
from graph_api.execution.policy_loaders import PolicyLoaders
from graph_api.execution.row_loaders import LoadMany, LoadOne, each_alone, if_alike, never
from graph_api.store import groups as groups_store
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.groups import GroupSummary
from graph_api.store.target_masteries import GroupMasteries
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.class_history import ClassCurves, ClassHistory, HistoryOf, read_class_history
from graph_api.usecases.learners.histories_now import HistoriesNow, Members
from graph_api.usecases.learners.list_students_of_target import GroupOf, read_masteries_of_groups


async def _class_histories(tx: Transaction, keys: Iterable[HistoryOf]) -> dict[HistoryOf, ClassHistory]:
    return {key: await read_class_history(tx, key) for key in keys}


class ClassLoaders(PolicyLoaders):
    """The loaders of one request for groups and their members. Each is made when it is first used."""

    gateway: Gateway
    _histories: HistoriesNow

    groups = LoadOne[str, GroupSummary](groups_store.read_by_ids)
    group_ids_of_student = LoadMany[str, str](groups_store.read_ids_of_students)
    class_histories = LoadOne[HistoryOf, ClassHistory](_class_histories, never)
    group_masteries = LoadOne[GroupOf, GroupMasteries](read_masteries_of_groups, if_alike(lambda key: key.group_id))

    @cached_property
    def masteries_of_group(self) -> DataLoader[GroupOf, GroupMasteries | None]:
        """The masteries of small groups, after which their students need no reading."""
        return DataLoader(self._masteries_of_group)

    async def _masteries_of_group(self, keys: list[GroupOf]) -> list[GroupMasteries | None]:
        wholes = await self.group_masteries.load_many(keys)
        for whole in wholes:
            if whole is not None:
                self.ahead.setdefault("students", {}).update(whole.students)
        return wholes

    async def _members(self, group_id: str) -> Members | None:
        """The members of a group with their versions; None if these were not read."""
        versions = self.ahead.get("member_versions", {}).get(group_id)
        return None if versions is None else Members(group_id, await self.course_mark.load(ONE), versions)

    @cached_property
    def class_curves(self) -> DataLoader[HistoryOf, ClassCurves]:
        """The levels of the members of a group after each answer: from memory, or from their history."""
        return DataLoader(partial(each_alone, self._read_curves))

    async def _read_curves(self, key: HistoryOf) -> ClassCurves:
        if (members := await self._members(key.group_id)) is not None:
            active, covered = await self.active_keys.load(key.kind), key.scope.keys(key.kind)
            past = await self._histories.read_curves(self.gateway, members, key.kind)
            if past is not None:
                keys = [each for each in active if covered is None or each in covered]
                return ClassCurves(list(past), keys, list(past.values()))
        return await compute((await self.history_of(key)).curves)

    async def history_of(self, key: HistoryOf) -> ClassHistory:
        """The history of a group, read once for all fields of a request."""
        history = await self.class_histories.load(key)
        if history is None:
            raise LookupError(f"group {key.group_id} has no history")
        return history

    @cached_property
    def class_actions(self) -> DataLoader[str, Sequence[StudentActions] | None]:
        """What the members of groups have done so far; None if it is not in memory."""
        return DataLoader(partial(each_alone, self._read_actions))

    async def _read_actions(self, group_id: str) -> Sequence[StudentActions] | None:
        members = await self._members(group_id)
        past = None if members is None else await self._histories.read_actions(self.gateway, members)
        return None if past is None else list(past.values())

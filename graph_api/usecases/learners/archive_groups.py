"""Archive groups, restore and delete them. In an archived group members, teachers and access stay as they are."""

from collections.abc import Sequence
from datetime import datetime

from graph_api.domain.failures import GroupNotFound
from graph_api.store import groups as group_store
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.groups import GroupSummary
from graph_api.usecases.batches import bounded


async def archive_groups(gateway: Gateway, ids: Sequence[str], at: datetime | None) -> list[GroupSummary]:
    """Archive groups at a moment, or restore them (None): all or none; returns them in the order given.

    A group that is archived keeps its moment, and one that is not stays as it is when it is restored.

    Raises:
        InvalidInput: an id is given twice, or there are too many.
        GroupNotFound: listing the ids that do not exist; nothing is written.
    """
    keys = bounded(ids, "ids")

    async def work(tx: Transaction) -> list[GroupSummary]:
        revisions = await group_store.lock(tx, keys)
        stored = await group_store.read_by_ids(tx, keys)
        if missing := sorted(set(keys) - stored.keys()):
            raise GroupNotFound("ids", "must name groups that exist", ", ".join(missing), missing)
        changed = [key for key in keys if (stored[key].archived_at is None) is not (at is None)]
        await group_store.archive(tx, changed, at)
        for key in set(keys) - set(changed):
            await group_store.set_revision(tx, key, revisions[key])
        stored = await group_store.read_by_ids(tx, keys)
        return [stored[key] for key in keys]

    return await gateway.write(work)


async def delete_groups(gateway: Gateway, ids: Sequence[str]) -> list[str]:
    """Delete groups with their memberships: all or none; returns the ids. The students and teachers stay.

    Raises:
        InvalidInput: an id is given twice, or there are too many.
        GroupNotFound: listing the ids that do not exist; nothing is written.
    """
    keys = bounded(ids, "ids")

    async def work(tx: Transaction) -> list[str]:
        if missing := sorted(set(keys) - (await group_store.lock(tx, keys)).keys()):
            raise GroupNotFound("ids", "must name groups that exist", ", ".join(missing), missing)
        await group_store.delete(tx, keys)
        return list(keys)

    return await gateway.write(work)

"""Add people to groups and remove them, one by one, so that concurrent writers never undo each other's changes (G8)."""

from collections.abc import Sequence
from typing import NamedTuple

from graph_api.domain.failures import GroupNotFound, InvalidInput
from graph_api.domain.learners.people import MAX_MEMBERS, Roster
from graph_api.domain.text import identifiers
from graph_api.store import groups as group_store
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.groups import GroupSummary
from graph_api.usecases.learners.edit_people import check_students
from graph_api.usecases.read_back import read_back


class RosterChange(NamedTuple):
    """The group after a change, with the ids that the change added or removed, and those that it left as they were."""

    group: GroupSummary
    changed_ids: Sequence[str]
    unchanged_ids: Sequence[str]


async def add_to_roster(gateway: Gateway, group_id: str, roster: Roster, ids: Sequence[str]) -> RosterChange:
    """Add students or teachers to a group: all or none. Those who are on the roster stay.

    Raises:
        InvalidInput: an id breaks a rule, or the group would have too many members.
        GroupNotFound: the group does not exist.
        StudentNotFound, StudentErased: listing the students that do not exist.
    """
    return await _change(gateway, group_id, roster, ids, add=True)


async def remove_from_roster(gateway: Gateway, group_id: str, roster: Roster, ids: Sequence[str]) -> RosterChange:
    """Remove students or teachers from a group: all or none. Those who are not on the roster stay away.

    Raises:
        InvalidInput: an id breaks a rule.
        GroupNotFound: the group does not exist.
        StudentNotFound, StudentErased: listing the students that do not exist.
    """
    return await _change(gateway, group_id, roster, ids, add=False)


async def _change(gateway: Gateway, group_id: str, roster: Roster, ids: Sequence[str], *, add: bool) -> RosterChange:
    named = identifiers(ids, roster.field, most=MAX_MEMBERS)

    async def work(tx: Transaction) -> RosterChange:
        revisions = await group_store.lock(tx, [group_id])
        if group_id not in revisions:
            raise GroupNotFound("groupId", "must name a group that exists", group_id, [group_id])
        if roster is Roster.MEMBERS:
            await check_students(tx, named)
        present = set(await _read_roster(tx, group_id, roster))
        changed = [key for key in named if (key in present) is not add]
        if add and len(present) + len(changed) > MAX_MEMBERS:
            rule = f"must leave the group with at most {MAX_MEMBERS}, has {len(present)} and adds {len(changed)}"
            raise InvalidInput(roster.field, rule)
        if changed:
            await (group_store.link if add else group_store.unlink)(tx, group_id, roster, changed)
        else:
            await group_store.set_revision(tx, group_id, revisions[group_id])
        group = read_back(await group_store.read_by_ids(tx, [group_id]), [group_id])[0]
        return RosterChange(group, changed, [key for key in named if key not in set(changed)])

    return await gateway.write(work)


async def _read_roster(tx: Transaction, group_id: str, roster: Roster) -> Sequence[str]:
    if roster is Roster.MEMBERS:
        return await group_store.read_member_ids(tx, group_id)
    return (await group_store.read_by_ids(tx, [group_id]))[group_id].teacher_ids

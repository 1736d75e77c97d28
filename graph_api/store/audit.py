"""The audit log in the graph."""

from datetime import datetime

from graph_api.domain.operations.audit import AuditEntry
from graph_api.domain.principals import Role
from graph_api.store.gateway import Transaction


async def put(tx: Transaction, entry: AuditEntry) -> None:
    """Create an entry or replace all its properties."""
    await tx.nothing(
        "audit/put",
        id=entry.id,
        at=entry.at,
        principal=entry.principal,
        role=entry.role.value,
        mutation=entry.mutation,
        subjects=list(entry.subjects),
        outcome=entry.outcome,
    )


async def read_page(
    tx: Transaction, *, principal: str | None, mutation: str | None, after: tuple[datetime, str] | None, limit: int
) -> list[AuditEntry]:
    """At most `limit` entries, newest first, after one."""
    after_at, after_id = after or (None, "")
    rows = await tx.many(
        "audit/list_page", after_at=after_at, after_id=after_id, principal=principal, mutation=mutation, limit=limit
    )
    return [AuditEntry(**row | {"role": Role(row["role"])}) for row in rows]


async def count(tx: Transaction, *, principal: str | None, mutation: str | None) -> int:
    """Number of entries that fit."""
    total: int = await tx.value("audit/count", principal=principal, mutation=mutation)
    return total

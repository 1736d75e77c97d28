"""Erased students: keyed hashes of their ids, so that no later answer brings one back (G6).

A hash is an HMAC-SHA-256 of the id. Its key is made at the first erasure and stored in the database, so hashes mean
the same to every process and after a restore. A process caches the key. Every statement that may create a student
returns the mark of the stored key, so an outdated cached key is noticed in the same transaction.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from graph_api.domain.failures import StudentErased
from graph_api.store.gateway import Row, Transaction

KEY = "erasure key"
"""The name of the key in the cache of the process."""


def as_rows(tx: Transaction, ids: Iterable[str]) -> list[Row]:
    """The rows of a statement that may create students: id, and the hash under the cached key."""
    secret = tx.cache.get(KEY)
    return [{"student_id": each, "hash": _hash(secret, each) if secret else ""} for each in sorted(set(ids))]


async def refuse_erased(tx: Transaction, rows: Sequence[Row], field: str) -> None:
    """Refuse students who are erased, after a statement that may have created them: `id`, `erased` and `mark`.

    Raises:
        StudentErased: naming them. The transaction must be rolled back.
    """
    secret = tx.cache.get(KEY)
    current = secret and _mark(secret)
    if any(row["mark"] not in (None, current) for row in rows):
        erased = await read_erased(tx, [row["id"] for row in rows])
    else:
        erased = [row["id"] for row in rows if row["erased"]]
    if erased:
        raise erased_failure(field, erased)


def erased_failure(field: str, ids: Iterable[str]) -> StudentErased:
    """The failure of a call that names erased students."""
    erased = sorted(set(ids))
    rule = "must not name an erased student; an administrator can register the student again with upsertStudents"
    return StudentErased(field, rule, ", ".join(erased), erased)


async def read_erased(tx: Transaction, ids: Iterable[str]) -> list[str]:
    """Those of some students who are erased, in order of id."""
    hashes = await _hashes(tx, ids)
    stored = {row["hash"] for row in await tx.many("erasure/list", hashes=sorted(hashes))} if hashes else set()
    return sorted(hashes[each] for each in stored)


async def put(tx: Transaction, ids: Iterable[str], now: datetime) -> None:
    """Store that students are erased. The first call makes the key."""
    made = secrets.token_hex(32)
    secret: str = await tx.value("erasure/put_key", secret=made, mark=_mark(made))
    await tx.nothing("erasure/put", hashes=sorted(_hash(secret, each) for each in set(ids)), now=now)


async def delete(tx: Transaction, ids: Iterable[str]) -> list[str]:
    """Remove the erasures of students; returns which of them were erased, in order of id."""
    erased = await read_erased(tx, ids)
    if erased:
        await tx.nothing("erasure/delete", hashes=sorted(await _hashes(tx, erased)))
    return erased


async def _hashes(tx: Transaction, ids: Iterable[str]) -> Mapping[str, str]:
    """Ids by their hashes, under the key that is stored; empty if no student was ever erased."""
    row = await tx.optional("erasure/read_key")
    if row is None:
        return {}
    secret: str = row["secret"]
    tx.cache[KEY] = secret
    return {_hash(secret, each): each for each in set(ids)}


def _hash(secret: str, student_id: str) -> str:
    return hmac.new(bytes.fromhex(secret), student_id.encode(), hashlib.sha256).hexdigest()


def _mark(secret: str) -> str:
    """A short hash that identifies a key and does not reveal it."""
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()[:16]

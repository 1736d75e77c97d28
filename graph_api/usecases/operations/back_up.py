"""Back up the whole graph into a file, and put it back.

A backup is a gzipped file of JSON lines: what it is; one line per student, who is locked while it is read, so that each
is whole; then the course, parameters, groups and the ledger, which students' lines refer to; then a digest of it all.
Answers may go on meanwhile: every answer acknowledged before the backup began is in it, of later ones only whole ones.
"""

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from graph_api.store import backups, erasures, students
from graph_api.store.backups import Link, Node, StoredStudent
from graph_api.store.concepts import lock_course
from graph_api.store.engine.private_files import write_whole
from graph_api.store.gateway import Gateway, Row, Transaction
from graph_api.usecases.locked_students import write_students
from graph_api.usecases.operations.erase_students import remove
from graph_api.usecases.operations.history_pages import build_all

FORMAT = 1
STUDENTS_AT_A_TIME = 20
ROWS_AT_A_TIME = 2_000
TIME = "$at"
"""The key under which JSON keeps a time, which it has no other word for."""

Progress = Callable[[str, int, int], None]
"""Is called with the current step, how much of it is done, and the total."""


class BadBackup(Exception):
    """The file is not a whole backup, or the database is not ready for it; the message gives the reason."""


class Contents(NamedTuple):
    """What a backup holds."""

    students: int
    relationships: int
    nodes: int
    digest: str


async def back_up(gateway: Gateway, path: Path, now: datetime, on_progress: Progress) -> Contents:
    """Write everything into a new file, for its owner only, which has its name when it is whole and on the disk."""
    total = await gateway.read(lambda tx: students.count(tx, group_id=None, search=None))
    digest, done, links = hashlib.sha256(), 0, 0
    with write_whole(path) as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6) as file:

        def write(row: object) -> None:
            line = encode(row)
            digest.update(line)
            file.write(line)

        write({"format": FORMAT, "service": version("graph-api"), "begun": now})
        async for of_some in read_all_students(gateway):
            for student in of_some:
                write({"student": student.properties, "links": student.links})
                links += len(student.links)
            done += len(of_some)
            on_progress("students", done, max(done, total))
        nodes, rest = await gateway.read(backups.read_rest)
        for node in nodes:
            write({"node": node})
        for link in rest:
            write({"link": link})
        contents = Contents(done, links + len(rest), done + len(nodes), digest.hexdigest())
        file.write(encode({"end": contents._asdict()}))
    return contents


async def restore(gateway: Gateway, path: Path, *, replace: bool, on_progress: Progress) -> Contents:
    """Restore a backup into an empty database, and compare the stored data with the file, line by line.

    Students who were erased after the backup was made are erased again, as far as the database still knows of them.

    Raises:
        BadBackup: the file is not whole, the database is not empty, or it does not hold the same afterwards.
    """
    contents = await asyncio.to_thread(check, path)
    if await gateway.read(backups.count_nodes) and not replace:
        raise BadBackup("the database is not empty: nothing was written; --replace erases it first")
    try:
        await _put_back(gateway, path, contents, on_progress)
    finally:
        await gateway.write(lock_course)  # a new mark: services that run keep nothing of before
    await build_all(gateway)
    return contents


async def _put_back(gateway: Gateway, path: Path, contents: Contents, on_progress: Progress) -> None:
    erased = await gateway.read(backups.read_erasures)
    await _erase(gateway, on_progress)
    nodes, rest = _rest(path)
    await gateway.write(lambda tx: backups.put_nodes(tx, nodes))
    await gateway.write(lambda tx: backups.put_links(tx, rest))
    done = 0
    for some in _batches(path):
        await gateway.write(lambda tx, some=some: _put_students(tx, some))  # type: ignore[misc]
        done += sum(whole for whole, _, _ in some)
        on_progress("students", done, contents.students)
    await _compare(gateway, path, contents, (nodes, rest), on_progress)
    await _erase_again(gateway, erased, nodes)


def check(path: Path) -> Contents:
    """Read a whole backup; returns its contents.

    Raises:
        BadBackup: it is cut off, changed, or no backup.
    """
    digest, last = hashlib.sha256(), b""
    try:
        with gzip.open(path) as file:
            for place, line in enumerate(file):
                if place == 0 and orjson.loads(line).get("format") != FORMAT:
                    raise BadBackup(f"{path.name}: is not a backup of format {FORMAT}")
                digest.update(last)
                last = line
        end = orjson.loads(last or b"{}").get("end")
    except (OSError, EOFError, orjson.JSONDecodeError, AttributeError) as error:
        raise BadBackup(f"{path.name}: is not a whole backup: {error}") from error
    if end is None or end["digest"] != digest.hexdigest():
        raise BadBackup(f"{path.name}: is not a whole backup: its digest is not that of what it holds")
    return Contents(**end)


async def read_all_students(gateway: Gateway) -> AsyncIterator[list[StoredStudent]]:
    """All students, some at a time, each locked while they are read."""
    after = ""
    # In a write transaction: the leader of a cluster knows every student that was recorded before.
    while ids := await gateway.write(partial(_read_ids, after=after)):
        for page in await write_students(gateway, ids, _read_locked):
            yield [page[key] for key in sorted(page)]
        after = ids[-1]


async def _read_ids(tx: Transaction, after: str) -> list[str]:
    return [student.id for student in await students.read_page(tx, after_id=after, limit=STUDENTS_AT_A_TIME)]


async def _read_locked(tx: Transaction, student_ids: Sequence[str]) -> dict[str, StoredStudent]:
    await students.lock(tx, student_ids)
    return await backups.read_students(tx, student_ids)


async def _erase(gateway: Gateway, on_progress: Progress) -> None:
    total = await gateway.read(lambda tx: students.count(tx, group_id=None, search=None))
    done = 0
    while page := await gateway.read(lambda tx: students.read_page(tx, after_id="", limit=STUDENTS_AT_A_TIME)):
        await gateway.write(lambda tx, page=page: students.delete(tx, [student.id for student in page]))  # type: ignore[misc]
        done += len(page)
        on_progress("students erased", done, max(done, total))
    await gateway.write(backups.delete_rest)


async def _erase_again(gateway: Gateway, erased: Sequence[Node], restored: Sequence[Node]) -> None:
    """Keep the erasures of the replaced database, if its key is that of the backup or the backup has none."""
    keys = [node for node in restored if node.label == "ErasureKey"]
    if keys and not any(node in keys for node in erased):
        return
    missing = [node for node in erased if node not in restored]
    await gateway.write(lambda tx: backups.put_nodes(tx, missing))
    after: str | None = ""
    while after is not None:

        async def work(tx: Transaction, after: str = after) -> str | None:
            page = await students.read_page(tx, after_id=after, limit=STUDENTS_AT_A_TIME)
            if erased := await erasures.read_erased(tx, [student.id for student in page]):
                await remove(tx, erased)
            return page[-1].id if page else None

        after = await gateway.write(work)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path) as file:
        for line in file:
            yield decode(line)


def _rest(path: Path) -> tuple[list[Node], list[Link]]:
    nodes: list[Node] = []
    links: list[Link] = []
    for row in _lines(path):
        if "node" in row:
            nodes.append(backups.of_current_version(Node(*row["node"])))
        elif "link" in row:
            links.append(Link(*row["link"]))
    return nodes, links


def _batches(path: Path) -> Iterator[list[tuple[bool, Row, list[Link]]]]:
    """Students in batches of bounded size; a long history is split, its student made with the first part."""
    batch: list[tuple[bool, Row, list[Link]]] = []
    size = 0
    for row in _lines(path):
        if "student" not in row:
            continue
        links = [Link(*link) for link in row["links"]]
        for start in range(0, max(len(links), 1), ROWS_AT_A_TIME):
            part = links[start : start + ROWS_AT_A_TIME]
            if size + len(part) > ROWS_AT_A_TIME and batch:
                yield batch
                batch, size = [], 0
            batch.append((start == 0, row["student"], part))
            size += len(part) + 1
    if batch:
        yield batch


async def _put_students(tx: Transaction, some: list[tuple[bool, Row, list[Link]]]) -> None:
    await backups.put_nodes(tx, [Node("Student", properties) for first, properties, _ in some if first])
    await backups.put_links(tx, [link for _, _, links in some for link in links])


async def _compare(
    gateway: Gateway, path: Path, contents: Contents, rest: tuple[list[Node], list[Link]], on_progress: Progress
) -> None:
    """Read everything back beside the file. Locking a student counts up its revision, which is left out."""
    promised, done = (row for row in _lines(path) if "student" in row), 0
    async for of_some in read_all_students(gateway):
        for student in of_some:
            row = next(promised, None)
            if row is None or _plain(student) != _plain(
                StoredStudent(row["student"], [Link(*x) for x in row["links"]])
            ):
                raise BadBackup(f"student {student.properties.get('id')} is not in the database as in the file")
        done += len(of_some)
        on_progress("students compared", done, contents.students)
    nodes, links = await gateway.read(backups.read_rest)
    if done != contents.students or encode([nodes, links]) != encode(rest):
        raise BadBackup("the database does not hold what the file holds")


def _plain(student: StoredStudent) -> bytes:
    properties = {name: value for name, value in student.properties.items() if name != "revision"}
    return encode([properties, student.links])


def encode(row: object) -> bytes:
    """A line of JSON, keys in order.

    >>> encode({"b": 1, "a": datetime(2026, 1, 31, 9, 30)}).decode().strip()
    '{"a":{"$at":"2026-01-31T09:30:00"},"b":1}'
    """
    return orjson.dumps(_told(row), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def decode(line: bytes) -> dict[str, Any]:
    """The inverse of `encode`.

    >>> decode(b'{"a":{"$at":"2026-01-31T09:30:00"}}')
    {'a': datetime.datetime(2026, 1, 31, 9, 30)}
    """
    decoded: dict[str, Any] = _read(orjson.loads(line))
    return decoded


def _told(value: object) -> object:
    if isinstance(value, datetime):
        return {TIME: value.isoformat()}
    if isinstance(value, dict):
        return {key: _told(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    return value


def _read(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return (
            datetime.fromisoformat(value[TIME]) if value.keys() == {TIME} else {k: _read(v) for k, v in value.items()}
        )
    if isinstance(value, list):
        return [_read(item) for item in value]
    return value

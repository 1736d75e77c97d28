"""Whether a data folder of the embedded engine is whole. It runs in the engine's process.

- Before the engine opens the folder: its files are those of the last clean stop (`data_seal`).
- After a crash, and before a backup of a database in use: the engine replayed all of its log; its own `CHECK DATABASE`
  reports nothing about nodes and the relationships at them; each relationship is at both of its nodes; and there are at
  least as many students and answers as the counts beside the data say (`data_counts`).

The engine's check of relationships as such is not used: for each of them it searches the list of its node, which takes
hours with a million answers to few concepts. Adding up the lists takes two seconds and finds the same.
"""

import json
import time
from pathlib import Path
from typing import Any

from graph_api.store.engine.data_counts import COUNTED, COUNTS, find_missing, read_counts
from graph_api.store.engine.data_seal import SEAL, find_broken_seal

SHOWN = 10
CHECKED = "checked.json"
TRIES = 3
PAUSE = 1.0
"""Seconds before the check of a database in use is repeated: a transaction may have committed meanwhile."""


class DamagedData(Exception):
    """The data folder is damaged; the message has one line per damaged part."""

    def __init__(self, faults: list[str]) -> None:
        more = [f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        super().__init__("\n".join(faults[:SHOWN] + more))
        self.faults = faults


def check_files(folder: Path, database: Path) -> bool:
    """Compare the files with the seal; returns whether one exists, and so all of them are as the engine left them.

    Raises:
        DamagedData: they differ, or the folder held a database that is missing.
    """
    faults = find_broken_seal(folder, database)
    held = (folder / COUNTS).exists() or (folder / SEAL).exists()
    if held and not (database / "schema.json").is_file():
        faults = [*(faults or []), f"{database.relative_to(folder)}: the database is missing"]
    if faults:
        raise DamagedData(faults)
    return faults is not None


def check_database(java: Any, folder: Path, *, deep: bool, tries: int = 1) -> None:  # noqa: ANN401 - untyped library
    """Check an open database after a crash, or while it is in use.

    Args:
        java: the engine's database.
        folder: where the counts are.
        deep: also run the engine's own check, which reads every record: about 30 s for a million answers.
        tries: how often a fault must be found to count: more than once if the database is in use.

    Raises:
        DamagedData: it is damaged.
    """
    faults = [
        f"{path.name}: the engine could not replay its log"
        for path in sorted(Path(str(java.getDatabasePath())).glob("*.wal.corrupt"))
    ]
    try:
        floor = read_counts(folder) or {}
    except ValueError:
        faults.append(f"{COUNTS}: is damaged")
        floor = {}
    faults += find_missing(floor, scan(java) if deep else count(java))
    if deep:
        lasting = _find_faults(java)
        while lasting and (tries := tries - 1) > 0:
            time.sleep(PAUSE)
            lasting = [fault for fault in _find_faults(java) if fault in lasting]
        faults += lasting
    if faults:
        raise DamagedData(faults)


def count(java: Any) -> dict[str, int]:  # noqa: ANN401 - untyped library
    """The numbers of students and answers that are committed, at once."""
    schema = java.getSchema()
    return {name: int(java.countType(name, False)) if schema.existsType(name) else 0 for name in COUNTED}  # noqa: FBT003 - Java has no names


def scan(java: Any) -> dict[str, int]:  # noqa: ANN401 - untyped library
    """The numbers of students and answers that can be read, each of which is read."""
    schema = java.getSchema()
    return {name: _scan(java, name) if schema.existsType(name) else 0 for name in COUNTED}


def _find_faults(java: Any) -> list[str]:  # noqa: ANN401 - untyped library
    try:
        types = {row["name"]: row["type"] for row in _rows(java, "SELECT name, type FROM schema:types")}
        nodes = [name for name, kind in types.items() if kind == "vertex"]
        links = [name for name, kind in types.items() if kind == "edge"]
        faults = _find_unlinked(java, nodes, links) if nodes and links else []
        return faults + (_find_broken(java, nodes) if nodes else [])
    except Exception as error:  # noqa: BLE001 - a check that cannot read the data has found something
        return [f"the engine's check failed: {error}"]


def _find_broken(java: Any, nodes: list[str]) -> list[str]:  # noqa: ANN401 - untyped library
    """What the engine's own check reports about nodes, their relationships, pages and indexes."""
    (report,) = _rows(java, "CHECK DATABASE TYPE " + ", ".join(f"`{name}`" for name in nodes))
    faults = [f"the engine's check: {warning}" for warning in report.get("warnings", [])]
    lists = ("corruptedRecords", "corruptedIndexes", "undecodableRecords", "topMissingReferences")
    faults += [f"the engine's check: {name}: {str(report[name])[:200]}" for name in lists if report.get(name)]
    totals = ("totalErrors", "invalidLinks", "edgesMissingInReference", "edgesMissingOutReference")
    return faults + [f"the engine's check: {name}" for name in totals if report.get(name)]


def _find_unlinked(java: Any, nodes: list[str], links: list[str]) -> list[str]:  # noqa: ANN401 - untyped library
    """Types of relationships of which some are not at both of their nodes.

    While answers are recorded, the lists hold at least as many as were counted before, and at most as many as after.
    """
    before = {name: _scan(java, name) for name in links}
    columns = ", ".join(f"sum({way}E('{name}').size()) AS `{name} {way}`" for name in links for way in ("out", "in"))
    rows = [row for node in nodes for row in _rows(java, f"SELECT {columns} FROM `{node}`")]  # noqa: S608 - names of the schema
    after = {name: _scan(java, name) for name in links}
    return [
        f"{name}: not every relationship is at the node at its {'start' if way == 'out' else 'end'}"
        for name in links
        for way in ("out", "in")
        if not before[name] <= sum(row.get(f"{name} {way}") or 0 for row in rows) <= after[name]
    ]


def _scan(java: Any, name: str) -> int:  # noqa: ANN401 - untyped library
    """Count the records of a type by reading each; a count without a condition is answered from memory."""
    (row,) = _rows(java, f"SELECT count(*) AS total FROM `{name}` WHERE @rid IS NOT NULL")  # noqa: S608 - a name of the schema
    total: int = row["total"]
    return total


def _rows(java: Any, statement: str) -> list[dict[str, Any]]:  # noqa: ANN401 - untyped library
    result, rows = (java.query if statement.startswith("SELECT") else java.command)("sql", statement), []
    while result.hasNext():
        rows.append(json.loads(str(result.next().toJSON())))
    return rows

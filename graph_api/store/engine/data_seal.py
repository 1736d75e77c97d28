"""The seal of a stopped data folder: checksums of every file of the database.

It is written when the engine has stopped cleanly, compared before the next start, and removed while the engine runs. So
a stopped folder that was truncated, overwritten, restored in part or mixed up is noticed to the last bit. After a crash
no seal exists; then the engine's own check and the counts beside the data decide (`graph_api.store.engine.data_check`).
"""

import hashlib
import json
import os
from pathlib import Path

from graph_api.store.engine.private_files import sync_folder, write_whole

SEAL = "seal.json"


def write_seal(folder: Path, database: Path) -> None:
    """Put the files of the database on the disk, and write their checksums beside them."""
    for path in _files(database):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    sync_folder(database)
    text = json.dumps(_checksums(database), sort_keys=True)
    with write_whole(folder / SEAL) as file:
        file.write(json.dumps({"digest": _digest(text), "files": text}).encode())


def remove_seal(folder: Path) -> None:
    """Remove the seal, before the engine changes what it describes."""
    (folder / SEAL).unlink(missing_ok=True)
    sync_folder(folder)


def find_broken_seal(folder: Path, database: Path) -> list[str] | None:
    """What differs from the seal, a line for each file; an empty list if nothing does. None: no seal exists."""
    try:
        text = (folder / SEAL).read_bytes()
    except FileNotFoundError:
        return None
    sealed: dict[str, list[int | str]] = {}
    try:
        seal = json.loads(text)
        sealed = json.loads(seal["files"])
        is_whole = _digest(seal["files"]) == seal["digest"]
    except (ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        return [f"{SEAL}: is damaged"]
    present = _checksums(database)
    missing = [f"{name}: is missing" for name in sealed if name not in present]
    added = [f"{name}: does not belong to it" for name in present if name not in sealed]
    changed = [
        f"{name}: was changed since the engine stopped ({sealed[name][0]} bytes then, {present[name][0]} now)"
        for name in sealed
        if name in present and sealed[name] != present[name]
    ]
    return missing + added + changed


def _checksums(database: Path) -> dict[str, list[int | str]]:
    """Size and SHA-256 of each file of the database, by name."""
    checksums: dict[str, list[int | str]] = {}
    for path in _files(database):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        checksums[str(path.relative_to(database))] = [path.stat().st_size, digest]
    return checksums


def _files(database: Path) -> list[Path]:
    """The files of the database. Hidden ones are not the engine's."""
    paths = sorted(database.rglob("*")) if database.is_dir() else []
    return [path for path in paths if path.is_file() and not path.name.startswith(".")]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""Guards the data folder of the embedded engine, in the engine's process: checks it, counts it, and seals it."""

import contextlib
import json
from pathlib import Path
from typing import Any

from graph_api.store.engine.data_check import CHECKED, TRIES, DamagedData, check_database, check_files, count
from graph_api.store.engine.data_counts import COUNTED, DataCounts
from graph_api.store.engine.data_seal import remove_seal, write_seal
from graph_api.store.engine.private_files import sync_folder, write_whole


class DataGuard:
    """Called before the engine starts on a folder, after it has, before it stops, and after.

    Args:
        folder: the engine's folder, with the counts and the seal.
        database: the folder of the database in it.
        check: what damage leads to: `refuse`, `warn`, or `off`, which does not search for it after a crash.
        deep: whether the engine's own check runs after a crash.
    """

    def __init__(self, folder: Path, database: Path, check: str, *, deep: bool) -> None:
        self.accepted: list[str] = []
        """The damage in spite of which the engine started, one line per damaged part."""
        self._folder = folder
        self._database = database
        self._check = check
        self._deep = deep and check != "off"
        self._sealed = False
        self._stopping = False
        self._java: Any = None
        self._counts: DataCounts

    def before_start(self) -> None:
        """Compare the files with those of the last clean stop.

        Raises:
            DamagedData: they differ.
        """
        try:
            self._sealed = check_files(self._folder, self._database)
        except DamagedData as damaged:
            self._accept(damaged)
        remove_seal(self._folder)

    def after_start(self, java: Any) -> None:  # noqa: ANN401 - untyped library
        """Check the opened database if no seal vouched for it, and begin to count.

        Raises:
            DamagedData: it is damaged.
        """
        self._java = java
        if not self._sealed:
            try:
                check_database(java, self._folder, deep=self._deep)
            except DamagedData as damaged:
                self._accept(damaged)
        for path in self._database.glob("*.wal.corrupt"):  # accepted, and reported once
            path.rename(path.with_name(f".{path.name}"))
        for folder in (self._database, *self._database.parents):
            sync_folder(folder)  # a new database has its names on the disk before its first answer
            if folder == self._folder:
                break
        self._counts = DataCounts(self._folder, lambda: count(java))
        self._watch_deletions()
        self._counts.start()

    def check_in_use(self) -> None:
        """Check the database while it is in use, and write what is damaged to `checked.json`.

        A check that the stop of the engine interrupts writes nothing.
        """
        faults: list[str] = []
        try:
            check_database(self._java, self._folder, deep=True, tries=TRIES)
        except DamagedData as damaged:
            faults = damaged.faults
        except Exception as error:  # noqa: BLE001 - the caller waits for an outcome
            faults = [f"the check failed: {error}"]
        if not self._stopping:
            with write_whole(self._folder / CHECKED) as file:
                file.write(json.dumps(faults).encode())

    def before_stop(self) -> None:
        """Count for the last time."""
        self._stopping = True
        self._counts.stop()

    def seal(self) -> None:
        """Write the checksums of the files that the stopped engine left.

        Without room for them no seal exists, and the next start checks the database instead.
        """
        with contextlib.suppress(OSError):
            write_seal(self._folder, self._database)

    def _accept(self, damaged: DamagedData) -> None:
        if self._check != "warn":
            raise damaged
        self.accepted += damaged.faults

    def _watch_deletions(self) -> None:
        """Void the counts before a student or an answer is deleted."""
        import jpype  # noqa: PLC0415 - only the engine's process loads it

        def on_before_delete(record: Any) -> bool:  # noqa: ANN401 - untyped library
            if not hasattr(record, "getTypeName") or str(record.getTypeName()) in COUNTED:
                self._counts.void()
            return True

        listener = jpype.JProxy(
            "com.arcadedb.event.BeforeRecordDeleteListener", dict={"onBeforeDelete": on_before_delete}
        )
        self._java.getEvents().registerListener(listener)

"""Schema migrations: `cypher/migrations/NNNN_name.cypher`, applied once each, in order.

Every command is idempotent (`IF NOT EXISTS`), so an interrupted migration, or two instances that start together,
do no harm.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import LiteralString, NamedTuple

from graph_api.store.gateway import Gateway, Transaction

FILE_NAME = re.compile(r"(\d{4})_(\w+)\.cypher")


class Migration(NamedTuple):
    """One file: its number, its name and its commands."""

    version: int
    name: str
    commands: list[LiteralString]


def load_migrations(folder: Path) -> list[Migration]:
    """The migrations in order.

    Raises:
        ValueError: a file is misnamed, or two have the same number.
    """
    migrations = []
    for path in sorted(folder.glob("*.cypher")):
        match = FILE_NAME.fullmatch(path.name)
        if not match:
            raise ValueError(f"{path.name}: a migration is called NNNN_name.cypher")
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("//")]
        commands = [command.strip() for command in "\n".join(lines).split(";") if command.strip()]
        migrations.append(Migration(int(match[1]), match[2], commands))
    versions = [migration.version for migration in migrations]
    if len(versions) != len(set(versions)):
        raise ValueError(f"two migrations have the same number: {versions}")
    return migrations


async def pending(gateway: Gateway, migrations: list[Migration]) -> list[Migration]:
    """The migrations that the database has not applied."""

    async def work(tx: Transaction) -> set[int]:
        return {row["version"] for row in await tx.many("migration/list")}

    done = await gateway.read(work)
    return [migration for migration in migrations if migration.version not in done]


async def migrate(gateway: Gateway, migrations: list[Migration], now: datetime) -> list[Migration]:
    """Apply the pending migrations, and return them."""
    todo = await pending(gateway, migrations)
    for migration in todo:
        for command in migration.commands:
            await gateway.run_schema_command(command)

        async def note(tx: Transaction, migration: Migration = migration) -> None:
            await tx.nothing("migration/create", version=migration.version, name=migration.name, now=now)

        await gateway.write(note)
    return todo

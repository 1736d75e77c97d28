// Note that a migration was carried out.
// params: version, name, now
// mode: write
// returns: nothing
// columns: -
MERGE (migration:Migration {version: $version})
ON CREATE SET migration.name = $name, migration.applied_at = $now

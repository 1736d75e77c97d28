// -- migration/list --
// The migrations that were applied to this database.
// returns: many
MATCH (migration:Migration)
RETURN migration.version AS version, migration.name AS name
ORDER BY version;

// -- migration/create --
// Store that a migration was applied.
// returns: nothing
// changes: nothing
MERGE (migration:Migration {version: $version})
ON CREATE SET migration.name = $name, migration.applied_at = $now;

// -- migration/list --
// The migrations that this database has had.
// returns: many
MATCH (migration:Migration)
RETURN migration.version AS version, migration.name AS name
ORDER BY version;

// -- migration/create --
// Note that a migration was carried out.
// returns: nothing
MERGE (migration:Migration {version: $version})
ON CREATE SET migration.name = $name, migration.applied_at = $now;

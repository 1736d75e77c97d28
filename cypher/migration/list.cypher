// The migrations that this database has had.
// params: -
// mode: read
// returns: many
// columns: version, name
MATCH (migration:Migration)
RETURN migration.version AS version, migration.name AS name
ORDER BY version

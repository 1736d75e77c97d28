// Create a group or replace its name.
// params: id, name, now
// mode: write
// returns: nothing
// columns: -
// about: everybody
MERGE (group:Group {id: $id})
ON CREATE SET group.created_at = $now
SET group.name = $name, group.search = toLower($id + ' ' + $name)

// Create concepts or write what is stored of them, all of it but their links.
// params: rows, now
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MERGE (concept:Concept {id: row.id})
ON CREATE SET concept.created_at = $now
SET concept.name = row.name, concept.named_set_id = row.named_set_id,
    concept.search = toLower(row.id + ' ' + row.name)

// Create students or replace their names; a name of null leaves what is stored.
// params: rows, now
// mode: write
// returns: nothing
// columns: -
// about: everybody
UNWIND $rows AS row
MERGE (student:Student {id: row.id})
ON CREATE SET student.created_at = $now, student.revision = 0
SET student.name = coalesce(row.name, student.name, ''),
    student.search = toLower(student.id + ' ' + coalesce(row.name, student.name, ''))

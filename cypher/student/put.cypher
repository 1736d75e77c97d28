// Create students or replace their names; a name of null leaves what is stored.
// Whether one was erased is read after the lock: no erasure can come in between (G6).
// params: rows, now
// mode: write
// returns: many
// columns: id, erased, mark
// about: everybody
UNWIND $rows AS row
MERGE (student:Student {id: row.student_id})
ON CREATE SET student.created_at = $now, student.revision = 0
SET student.name = coalesce(row.name, student.name, ''),
    student.search = toLower(student.id + ' ' + coalesce(row.name, student.name, ''))
WITH row
OPTIONAL MATCH (erasure:Erasure {hash: row.hash})
WITH collect({id: row.student_id, erased: erasure IS NOT NULL}) AS students
OPTIONAL MATCH (key:ErasureKey {id: 'erasure'})
UNWIND students AS found
RETURN found.id AS id, found.erased AS erased, key.mark AS mark

// Create the students that are new and lock all of them, so that their answers are written by one writer at a time.
// Whether one was erased is read after the lock: no erasure can come in between (G6).
// params: rows, now
// mode: write
// returns: many
// columns: id, erased, mark
// about: students $rows
UNWIND $rows AS row
MERGE (student:Student {id: row.student_id})
ON CREATE SET student.created_at = $now, student.name = '', student.search = toLower(row.student_id), student.revision = 0
SET student.revision = student.revision + 1
WITH row
OPTIONAL MATCH (erasure:Erasure {hash: row.hash})
WITH collect({id: row.student_id, erased: erasure IS NOT NULL}) AS students
OPTIONAL MATCH (key:ErasureKey {id: 'erasure'})
UNWIND students AS found
RETURN found.id AS id, found.erased AS erased, key.mark AS mark

// Create the students that are new and lock all of them, so that their answers are written by one writer at a time.
// params: ids, now
// mode: write
// returns: nothing
// columns: -
// about: students $ids
UNWIND $ids AS id
MERGE (student:Student {id: id})
ON CREATE SET student.created_at = $now, student.name = '', student.search = toLower(id), student.revision = 0
SET student.revision = student.revision + 1

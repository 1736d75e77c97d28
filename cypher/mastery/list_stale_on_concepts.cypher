// Students whose mastery of a concept was computed under another set than is in force.
// params: rows, limit
// mode: read
// returns: many
// columns: student_id, target
UNWIND $rows AS row
MATCH (student:Student)-[mastery:HAS_MASTERY]->(:Concept {id: row.target})
WHERE mastery.parameter_set_id <> row.set_id
RETURN student.id AS student_id, row.target AS target
LIMIT $limit

// -- judgement/list_of_students --
// Every judgement of each student, and every revocation, which names the judgement that it revokes.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[judgement:JUDGED_ON]->(target)
RETURN student_id AS student_id, CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code,
       judgement.id AS id, judgement.kind AS kind, judgement.level AS level, toString(judgement.at) AS at,
       toString(judgement.recorded_at) AS recorded_at, judgement.sequence AS sequence, judgement.author AS author,
       judgement.note AS note, judgement.revokes AS revokes;

// -- judgement/create_on_concepts --
// Append judgements on concepts, or revocations of them, to the history (G10).
// returns: value
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Concept {id: row.target})
CREATE (student)-[judgement:JUDGED_ON {
  key: row.key, id: row.id, kind: row.kind, level: row.level, at: datetime(row.at),
  recorded_at: datetime(row.recorded_at), sequence: row.sequence, author: row.author, note: row.note,
  revokes: row.revokes
}]->(target)
RETURN count(judgement) AS written;

// -- judgement/create_on_skills --
// Append judgements on skills, or revocations of them, to the history (G10).
// returns: value
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Skill {code: row.target})
CREATE (student)-[judgement:JUDGED_ON {
  key: row.key, id: row.id, kind: row.kind, level: row.level, at: datetime(row.at),
  recorded_at: datetime(row.recorded_at), sequence: row.sequence, author: row.author, note: row.note,
  revokes: row.revokes
}]->(target)
RETURN count(judgement) AS written;

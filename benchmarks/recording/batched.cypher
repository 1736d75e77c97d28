// Frozen: hand-written batches, the limit for one writer on the official driver. Never change them.

// -- recording/lock_students --
// Create new students and lock all, as student/touch does, and read what the fold of their answers starts from: the masteries
// with some keys, the mark of the course, and the evidence parameters in effect. Erasures are read after the lock (G6).
// A state is a list, in the order of `graph_api.store.recordings.STATE`.
// returns: one
// about: all students
UNWIND $rows AS row
MERGE (student:Student {id: row.student_id})
ON CREATE SET student.created_at = $now, student.name = '', student.search = toLower(row.student_id), student.revision = 0
SET student.revision = student.revision + 1
WITH row, student
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->()
WHERE mastery.key IN row.keys
WITH row.student_id AS id, row.hash AS hash,
     collect(CASE WHEN mastery IS NOT NULL THEN [
       mastery.key, mastery.level, mastery.attempts, mastery.correct, coalesce(mastery.judgements, 0),
       toString(mastery.last_practiced_at), toString(mastery.last_recorded_at), mastery.last_sequence,
       mastery.last_answer_id, mastery.parameter_set_id, toString(mastery.updated_at)] END) AS states
OPTIONAL MATCH (erasure:Erasure {hash: hash})
WITH collect([id, erasure IS NOT NULL, states]) AS students
OPTIONAL MATCH (key:ErasureKey {id: 'erasure'})
OPTIONAL MATCH (course:CourseVersion {id: 'course'})
RETURN students AS students, key.mark AS mark, course.mark AS course_mark, course.evidence_set_id AS evidence_set_id;

// -- recording/append_to_known_concepts --
// Append answers to the history (G4), each to one concept that the student has a mastery of, and write the masteries that they lead to (G3).
// returns: value
// about: all students
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Concept {id: row.target})
CREATE (student)-[answer:ANSWERED]->(target)
SET answer = row.answer, answer.at = datetime(row.at), answer.recorded_at = datetime(row.recorded_at)
WITH row, student, target, answer
MATCH (student)-[mastery:HAS_MASTERY]->(target)
SET mastery.key = row.mastery.key, mastery.level = row.mastery.level, mastery.attempts = row.mastery.attempts,
    mastery.correct = row.mastery.correct, mastery.judgements = row.mastery.judgements,
    mastery.last_practiced_at = datetime(row.mastery.last_practiced_at),
    mastery.last_recorded_at = datetime(row.mastery.last_recorded_at),
    mastery.last_sequence = row.mastery.last_sequence, mastery.last_answer_id = row.mastery.last_answer_id,
    mastery.parameter_set_id = row.mastery.parameter_set_id, mastery.updated_at = datetime(row.mastery.updated_at)
RETURN count(answer) AS written;

// -- recording/append_to_known_skills --
// Append answers to the history (G4), each to one skill that the student has a mastery of, and write the masteries that they lead to (G3).
// returns: value
// about: all students
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Skill {code: row.target})
CREATE (student)-[answer:ANSWERED]->(target)
SET answer = row.answer, answer.at = datetime(row.at), answer.recorded_at = datetime(row.recorded_at)
WITH row, student, target, answer
MATCH (student)-[mastery:HAS_MASTERY]->(target)
SET mastery.key = row.mastery.key, mastery.level = row.mastery.level, mastery.attempts = row.mastery.attempts,
    mastery.correct = row.mastery.correct, mastery.judgements = row.mastery.judgements,
    mastery.last_practiced_at = datetime(row.mastery.last_practiced_at),
    mastery.last_recorded_at = datetime(row.mastery.last_recorded_at),
    mastery.last_sequence = row.mastery.last_sequence, mastery.last_answer_id = row.mastery.last_answer_id,
    mastery.parameter_set_id = row.mastery.parameter_set_id, mastery.updated_at = datetime(row.mastery.updated_at)
RETURN count(answer) AS written;

// -- recording/append_to_new_concepts --
// Append answers to the history (G4), each to one concept that the student has no mastery of yet, and write the masteries that they lead to (G3).
// returns: value
// about: all students
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Concept {id: row.target})
CREATE (student)-[answer:ANSWERED]->(target)
SET answer = row.answer, answer.at = datetime(row.at), answer.recorded_at = datetime(row.recorded_at)
WITH row, student, target, answer
MERGE (student)-[mastery:HAS_MASTERY]->(target)
SET mastery.key = row.mastery.key, mastery.level = row.mastery.level, mastery.attempts = row.mastery.attempts,
    mastery.correct = row.mastery.correct, mastery.judgements = row.mastery.judgements,
    mastery.last_practiced_at = datetime(row.mastery.last_practiced_at),
    mastery.last_recorded_at = datetime(row.mastery.last_recorded_at),
    mastery.last_sequence = row.mastery.last_sequence, mastery.last_answer_id = row.mastery.last_answer_id,
    mastery.parameter_set_id = row.mastery.parameter_set_id, mastery.updated_at = datetime(row.mastery.updated_at)
RETURN count(answer) AS written;

// -- recording/append_to_new_skills --
// Append answers to the history (G4), each to one skill that the student has no mastery of yet, and write the masteries that they lead to (G3).
// returns: value
// about: all students
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (target:Skill {code: row.target})
CREATE (student)-[answer:ANSWERED]->(target)
SET answer = row.answer, answer.at = datetime(row.at), answer.recorded_at = datetime(row.recorded_at)
WITH row, student, target, answer
MERGE (student)-[mastery:HAS_MASTERY]->(target)
SET mastery.key = row.mastery.key, mastery.level = row.mastery.level, mastery.attempts = row.mastery.attempts,
    mastery.correct = row.mastery.correct, mastery.judgements = row.mastery.judgements,
    mastery.last_practiced_at = datetime(row.mastery.last_practiced_at),
    mastery.last_recorded_at = datetime(row.mastery.last_recorded_at),
    mastery.last_sequence = row.mastery.last_sequence, mastery.last_answer_id = row.mastery.last_answer_id,
    mastery.parameter_set_id = row.mastery.parameter_set_id, mastery.updated_at = datetime(row.mastery.updated_at)
RETURN count(answer) AS written;

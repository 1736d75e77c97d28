// -- sampling/list_of_students --
// The sampling record of each concept of students.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[sampled:SAMPLED]->(concept:Concept)
RETURN student_id AS student_id, concept.id AS concept_id, sampled.mentioned AS mentioned, sampled.missed AS missed,
       sampled.stagnation AS stagnation, sampled.mastery AS mastery, toString(sampled.last_at) AS last_at,
       toString(sampled.last_recorded_at) AS last_recorded_at, sampled.last_sequence AS last_sequence,
       sampled.last_answer_id AS last_answer_id, sampled.set_id AS set_id,
       coalesce(sampled.version, '1') AS version;

// -- sampling/list_stale --
// Concepts of students whose sampling record was computed under another parameter set or by another version.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[sampled:SAMPLED]->(concept:Concept)
WHERE sampled.set_id <> $set_id OR coalesce(sampled.version, '1') <> $version
RETURN student_id AS student_id, concept.id AS concept_id;

// -- sampling/list_answers --
// Every answer that mentioned or missed the concept of a student-concept pair, for replay.
// returns: many
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0 AND (pair.target IN answer.mentioned OR pair.target IN answer.missed)
  AND coalesce(answer.weight, 1.0) > 0
RETURN student.id AS student_id, pair.target AS target, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       coalesce(pair.target IN answer.mentioned, false) AS mentioned,
       answer.weight AS weight;

// -- sampling/put --
// Write sampling records: one relationship per student-concept pair. A pair may have a record without a mastery.
// returns: value
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (concept:Concept {id: row.concept_id})
MERGE (student)-[sampled:SAMPLED]->(concept)
SET sampled.mentioned = row.mentioned, sampled.missed = row.missed, sampled.stagnation = row.stagnation,
    sampled.mastery = row.mastery, sampled.last_at = datetime(row.last_at),
    sampled.last_recorded_at = datetime(row.last_recorded_at), sampled.last_sequence = row.last_sequence,
    sampled.last_answer_id = row.last_answer_id, sampled.set_id = row.set_id,
    sampled.version = row.version
RETURN count(sampled) AS written;

// -- sampling/delete --
// Delete the sampling records of concepts that have no answer that counts any more.
// returns: nothing
// about: all students
// changes: students $students
UNWIND $students AS entry
MATCH (:Student {id: entry.id})-[sampled:SAMPLED]->(concept:Concept)
WHERE concept.id IN entry.keys
DELETE sampled;

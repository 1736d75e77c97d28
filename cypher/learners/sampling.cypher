// -- sampling/list_of_students --
// Every record of each student.
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
// The concepts of some students whose record was computed under another parameter set, or by another version, than given.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[sampled:SAMPLED]->(concept:Concept)
WHERE sampled.set_id <> $set_id OR coalesce(sampled.version, '1') <> $version
RETURN student_id AS student_id, concept.id AS concept_id;

// -- sampling/list_answers --
// Every answer of a student that mentioned or missed a concept, for each pair, for replay.
// returns: many
// about: students $pairs
UNWIND $pairs AS pair
MATCH (student:Student {id: pair.student_id})-[answer:ANSWERED]->()
WHERE answer.position = 0 AND (pair.target IN answer.mentioned OR pair.target IN answer.missed)
RETURN student.id AS student_id, pair.target AS target, toString(answer.at) AS at,
       toString(answer.recorded_at) AS recorded_at, answer.sequence AS sequence, answer.id AS id,
       coalesce(pair.target IN answer.mentioned, false) AS mentioned;

// -- sampling/put --
// Write the record of each student for a concept: one edge a pair, apart from mastery, which an answer need not give.
// returns: value
// about: everybody
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

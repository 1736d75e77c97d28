// Write the record of each student for a concept: one edge a pair, apart from mastery, which an answer need not give.
// params: rows
// mode: write
// returns: value
// columns: written
// about: everybody
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MATCH (concept:Concept {id: row.concept_id})
MERGE (student)-[sampled:SAMPLED]->(concept)
SET sampled.mentioned = row.mentioned, sampled.missed = row.missed, sampled.stagnation = row.stagnation,
    sampled.mastery = row.mastery, sampled.last_at = datetime(row.last_at),
    sampled.last_recorded_at = datetime(row.last_recorded_at), sampled.last_sequence = row.last_sequence,
    sampled.last_answer_id = row.last_answer_id, sampled.set_id = row.set_id
RETURN count(sampled) AS written

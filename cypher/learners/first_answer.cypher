// -- first_answer/list_of_all --
// The first answers of all students to some concepts: one row per concept and student, with the time of the first one.
// Answers of weight 0 do not count. Each concept is sorted by itself, so that memory does not grow with the course.
// returns: many
// about: all students
UNWIND $concept_ids AS concept_id
MATCH (concept:Concept {id: concept_id})
CALL (concept) {
  MATCH (concept)<-[answer:ANSWERED]-(student:Student)
  WHERE coalesce(answer.weight, 1.0) > 0
  WITH student.id AS student_id, answer
  ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
           coalesce(answer.sequence, -1), answer.id
  WITH student_id, collect(coalesce(answer.counts_as, answer.correct)) AS outcomes, min(answer.at) AS begun
  RETURN student_id, outcomes[..$most] AS outcomes, toString(begun) AS begun
}
RETURN concept_id AS concept_id, student_id AS student_id, outcomes AS outcomes, begun AS begun;

// -- first_answer/list_of_group --
// The first answers of the members of a group, likewise.
// returns: many
// about: groups $group_id
UNWIND $concept_ids AS concept_id
MATCH (concept:Concept {id: concept_id})
CALL (concept) {
  MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
  WITH concept, collect(student) AS members
  UNWIND members AS student
  MATCH (student)-[answer:ANSWERED]->(concept)
  WHERE coalesce(answer.weight, 1.0) > 0
  WITH student.id AS student_id, answer
  ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
           coalesce(answer.sequence, -1), answer.id
  WITH student_id, collect(coalesce(answer.counts_as, answer.correct)) AS outcomes, min(answer.at) AS begun
  RETURN student_id, outcomes[..$most] AS outcomes, toString(begun) AS begun
}
RETURN concept_id AS concept_id, student_id AS student_id, outcomes AS outcomes, begun AS begun;

// -- first_answer/list_taught --
// The first answers of a teacher's students, likewise; of one group if it is given.
// returns: many
// about: students seen by $viewer
UNWIND $concept_ids AS concept_id
MATCH (concept:Concept {id: concept_id})
CALL (concept) {
  MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group:Group)<-[:MEMBER_OF]-(student:Student)
  WHERE $group_id IS NULL OR group.id = $group_id
  WITH DISTINCT concept, student
  MATCH (student)-[answer:ANSWERED]->(concept)
  WHERE coalesce(answer.weight, 1.0) > 0
  WITH student.id AS student_id, answer
  ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
           coalesce(answer.sequence, -1), answer.id
  WITH student_id, collect(coalesce(answer.counts_as, answer.correct)) AS outcomes, min(answer.at) AS begun
  RETURN student_id, outcomes[..$most] AS outcomes, toString(begun) AS begun
}
RETURN concept_id AS concept_id, student_id AS student_id, outcomes AS outcomes, begun AS begun;

// -- level_history/list_of_group_on_concepts --
// The answers behind the levels of a group's members on concepts that enough answers count towards, one row per member.
// Each of `histories` is a list: the concept, the parameter set, judgements, and outcomes and weights in order (B6).
// returns: many
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
MATCH (student)-[mastery:HAS_MASTERY]->(target:Concept)
WHERE mastery.attempts >= $least
MATCH (student)-[answer:ANSWERED]->(target)
WHERE coalesce(answer.weight, 1.0) > 0
WITH student, target, mastery, answer
ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
WITH student, target, mastery, collect(coalesce(answer.counts_as, answer.correct)) AS outcomes,
     collect(coalesce(answer.weight, 1.0)) AS weights
RETURN student.id AS student_id, collect([
         target.id, mastery.parameter_set_id, coalesce(mastery.judgements, 0), outcomes, weights
       ]) AS histories;

// -- level_history/list_of_group_on_skills --
// The answers behind the levels of a group's members on skills that enough answers count towards, one row per member.
// Each of `histories` is a list: the skill, the parameter set, judgements, and outcomes and weights in order (B6).
// returns: many
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
MATCH (student)-[mastery:HAS_MASTERY]->(target:Skill)
WHERE mastery.attempts >= $least
MATCH (student)-[answer:ANSWERED]->(target)
WHERE coalesce(answer.weight, 1.0) > 0
WITH student, target, mastery, answer
ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
WITH student, target, mastery, collect(coalesce(answer.counts_as, answer.correct)) AS outcomes,
     collect(coalesce(answer.weight, 1.0)) AS weights
RETURN student.id AS student_id, collect([
         target.code, mastery.parameter_set_id, coalesce(mastery.judgements, 0), outcomes, weights
       ]) AS histories;

// -- inference/list_counts_of_group_on_concepts --
// The numbers of answers of a group's members to concepts, and of correct ones, one row per member who answered.
// returns: many
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
MATCH (student)-[mastery:HAS_MASTERY]->(concept:Concept)
WHERE mastery.attempts > 0
RETURN student.id AS student_id, collect(concept.id) AS keys, collect(mastery.attempts) AS attempts,
       collect(coalesce(mastery.correct, 0)) AS correct;

// -- inference/list_counts_of_group_on_skills --
// The numbers of answers of a group's members to skills, and of correct ones, one row per member who answered.
// returns: many
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
MATCH (student)-[mastery:HAS_MASTERY]->(skill:Skill)
WHERE mastery.attempts > 0
RETURN student.id AS student_id, collect(skill.code) AS keys, collect(mastery.attempts) AS attempts,
       collect(coalesce(mastery.correct, 0)) AS correct;

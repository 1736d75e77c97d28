// Answers that do not count once towards each concept and skill that was frozen with them.
// params: student_ids
// mode: read
// returns: many
// columns: subject, target, found
// about: named everybody
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[answer:ANSWERED]->(target)
WITH student_id, answer.id AS id, count(answer) AS edges, count(DISTINCT target) AS targets,
     max(size(coalesce(answer.concept_ids, [])) + size(coalesce(answer.skill_codes, []))) AS tags
WHERE edges <> tags OR targets <> tags
RETURN student_id AS subject, id AS target, toString(edges) + ' edges for ' + toString(tags) + ' tags' AS found

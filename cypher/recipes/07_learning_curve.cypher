// How often a group is wrong at the first opportunity to practise a concept, the second, and so on.
// params: group_id, longest
// mode: read
// returns: many
// columns: opportunity, answers, wrong
// about: all students
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)-[answer:ANSWERED]->(concept:Concept)
WHERE coalesce(answer.weight, 1.0) > 0
WITH student, concept, answer
ORDER BY answer.at, CASE WHEN answer.sequence IS NULL THEN datetime('0001-01-01T00:00:00Z') ELSE answer.recorded_at END,
         coalesce(answer.sequence, -1), answer.id
WITH student, concept, collect(coalesce(answer.counts_as, answer.correct))[..$longest] AS outcomes
UNWIND range(1, size(outcomes)) AS opportunity
RETURN opportunity AS opportunity, count(*) AS answers,
       sum(CASE WHEN outcomes[opportunity - 1] THEN 0 ELSE 1 END) AS wrong
ORDER BY opportunity

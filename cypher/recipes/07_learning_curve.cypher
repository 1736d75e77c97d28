// How often a group is wrong at the first opportunity to practise a concept, the second, and so on.
// params: group_id, longest
// mode: read
// returns: many
// columns: opportunity, answers, wrong
// about: everybody
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)-[answer:ANSWERED]->(concept:Concept)
WITH student, concept, answer
ORDER BY answer.at, answer.id
WITH student, concept, collect(answer.correct)[..$longest] AS outcomes
UNWIND range(1, size(outcomes)) AS opportunity
RETURN opportunity AS opportunity, count(*) AS answers,
       sum(CASE WHEN outcomes[opportunity - 1] THEN 0 ELSE 1 END) AS wrong
ORDER BY opportunity

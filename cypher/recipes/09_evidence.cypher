// How many answers are behind the levels of a group, by the parameters that they were computed with.
// params: group_id
// mode: read
// returns: many
// columns: parameter_set_id, levels, few, answers
// about: all students
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(:Student)-[mastery:HAS_MASTERY]->(:Concept)
RETURN mastery.parameter_set_id AS parameter_set_id, count(mastery) AS levels,
       sum(CASE WHEN mastery.attempts < 5 THEN 1 ELSE 0 END) AS few, sum(mastery.attempts) AS answers
ORDER BY parameter_set_id

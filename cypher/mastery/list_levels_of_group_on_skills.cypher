// The levels of every member of a group on skills: one row a member, an empty one for who has none.
// params: group_id
// mode: read
// returns: many
// columns: student_id, keys, levels, attempts
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(skill:Skill)
RETURN student.id AS student_id, collect(skill.code) AS keys,
       collect(CASE WHEN skill IS NOT NULL THEN coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN skill IS NOT NULL THEN coalesce(mastery.attempts, 0) END) AS attempts

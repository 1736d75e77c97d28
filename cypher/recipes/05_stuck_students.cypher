// Members of a group who are still weak in something after many answers, or have not practised since a moment.
// params: group_id, threshold, stuck_attempts, since
// mode: read
// returns: many
// columns: student_id, stuck, last_practiced_at
// about: all students
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
WITH student, max(mastery.last_practiced_at) AS last_practiced_at,
     collect(CASE WHEN target:Concept AND mastery.level < $threshold AND mastery.attempts >= $stuck_attempts
                  THEN target.id END) AS stuck
WHERE size(stuck) > 0 OR last_practiced_at IS NULL OR last_practiced_at < datetime($since)
RETURN student.id AS student_id, stuck AS stuck, toString(last_practiced_at) AS last_practiced_at
ORDER BY student_id

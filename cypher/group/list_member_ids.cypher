// The ids of the members of a group.
// params: id
// mode: read
// returns: many
// columns: student_id
// about: groups $id
MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
RETURN student.id AS student_id
ORDER BY student_id

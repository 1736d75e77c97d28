// When each member of a group last practised, and how many answers they gave, and right ones, before and after a moment.
// params: group_id, since, middle, until, latest
// mode: read
// returns: many
// columns: student_id, last_practiced_at, before, before_correct, recent, recent_correct
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
CALL (student) {
  OPTIONAL MATCH (student)-[answer:ANSWERED]->()
  WHERE answer.position = 0 AND answer.at <= $latest
  RETURN max(answer.at) AS last_practiced_at
}
CALL (student) {
  OPTIONAL MATCH (student)-[answer:ANSWERED]->()
  WHERE answer.position = 0 AND answer.at > $since AND answer.at <= $until
  RETURN sum(CASE WHEN answer.at <= $middle THEN 1 ELSE 0 END) AS before,
         sum(CASE WHEN answer.at <= $middle AND answer.correct THEN 1 ELSE 0 END) AS before_correct,
         sum(CASE WHEN answer.at > $middle THEN 1 ELSE 0 END) AS recent,
         sum(CASE WHEN answer.at > $middle AND answer.correct THEN 1 ELSE 0 END) AS recent_correct
}
RETURN student.id AS student_id, toString(last_practiced_at) AS last_practiced_at, before AS before,
       before_correct AS before_correct, recent AS recent, recent_correct AS recent_correct

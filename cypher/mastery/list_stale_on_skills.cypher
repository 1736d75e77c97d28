// Students whose mastery of a skill was computed under another set than the one given.
// params: target, set_id
// mode: read
// returns: many
// columns: student_id
// about: everybody
MATCH (skill:Skill {code: $target})<-[mastery:HAS_MASTERY]-(student:Student)
WHERE mastery.parameter_set_id <> $set_id
RETURN student.id AS student_id

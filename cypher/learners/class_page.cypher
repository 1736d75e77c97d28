// What one page shows, in one row of one statement: a student, or a group with its first members, the masteries that lists
// of one kind show, and the mark of the course.

// -- class_page/list_students_on_concepts --
// Students by id, with the masteries of concepts that are not archived; the lists of a student have one order.
// returns: many
// about: named students $ids
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
UNWIND $ids AS id
MATCH (student:Student {id: id})
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(concept:Concept) WHERE concept.archived_at IS NULL
RETURN mark AS mark, student.id AS id, student.name AS name,
       student.recency_at_session_end AS recency_at_session_end,
       student.id + ' ' + coalesce(student.revision, 0) + ' ' + coalesce(toString(student.created_at), '') AS version,
       collect(concept.id) AS keys,
       collect(CASE WHEN concept IS NULL THEN null ELSE coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN concept IS NULL THEN null ELSE coalesce(mastery.attempts, -1) END) AS attempts,
       collect(CASE WHEN concept IS NULL THEN null ELSE coalesce(mastery.judgements, 0) END) AS judgements;

// -- class_page/list_students_on_skills --
// Students by id, with the masteries of skills that are not archived; the lists of a student have one order.
// returns: many
// about: named students $ids
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
UNWIND $ids AS id
MATCH (student:Student {id: id})
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(skill:Skill) WHERE skill.archived_at IS NULL
RETURN mark AS mark, student.id AS id, student.name AS name,
       student.recency_at_session_end AS recency_at_session_end,
       student.id + ' ' + coalesce(student.revision, 0) + ' ' + coalesce(toString(student.created_at), '') AS version,
       collect(skill.code) AS keys,
       collect(CASE WHEN skill IS NULL THEN null ELSE coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN skill IS NULL THEN null ELSE coalesce(mastery.attempts, -1) END) AS attempts,
       collect(CASE WHEN skill IS NULL THEN null ELSE coalesce(mastery.judgements, 0) END) AS judgements;

// -- class_page/list_versions_of_students --
// Students by id, with the mark of the course, and with the version of each: id, revision and time of creation as one text.
// returns: many
// about: named students $ids
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN mark AS mark, student.id AS id, student.name AS name,
       student.recency_at_session_end AS recency_at_session_end,
       student.id + ' ' + coalesce(student.revision, 0) + ' ' + coalesce(toString(student.created_at), '') AS version;

// -- class_page/read_group_with_versions --
// A group that has members, and the first of them in order of name, then id. Each of `members` is a list: id, name,
// recency_at_session_end, version.
// returns: optional
// about: named groups $id
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
MATCH (group:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
WITH mark, group, student
ORDER BY student.name, student.id
LIMIT $limit
WITH mark, group, collect([
       student.id, student.name, student.recency_at_session_end,
       student.id + ' ' + coalesce(student.revision, 0) + ' ' + coalesce(toString(student.created_at), '')
     ]) AS members
RETURN mark AS mark, group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { ()-[:MEMBER_OF]->(group) } AS size, coalesce(group.revision, 1) AS revision,
       group.archived_at AS archived_at, members AS members;

// -- class_page/read_group_on_concepts --
// A group that has members, the first of them in order of name, then id, and their masteries of concepts that are not
// archived. Each of `members` is a list: id, name, recency_at_session_end, version, keys, levels, attempts, judgements.
// returns: optional
// about: named groups $id
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
MATCH (group:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
WITH mark, group, student
ORDER BY student.name, student.id
LIMIT $limit
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(concept:Concept) WHERE concept.archived_at IS NULL
WITH mark, group, student, collect(concept.id) AS keys,
       collect(CASE WHEN concept IS NULL THEN null ELSE coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN concept IS NULL THEN null ELSE coalesce(mastery.attempts, -1) END) AS attempts,
       collect(CASE WHEN concept IS NULL THEN null ELSE coalesce(mastery.judgements, 0) END) AS judgements
WITH mark, group, collect([
       student.id, student.name, student.recency_at_session_end,
       student.id + ' ' + coalesce(student.revision, 0) + ' ' + coalesce(toString(student.created_at), ''),
       keys, levels, attempts, judgements
     ]) AS members
RETURN mark AS mark, group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { ()-[:MEMBER_OF]->(group) } AS size, coalesce(group.revision, 1) AS revision,
       group.archived_at AS archived_at, members AS members;

// -- class_page/read_group_on_skills --
// A group that has members, the first of them in order of name, then id, and their masteries of skills that are not
// archived. Each of `members` is a list: id, name, recency_at_session_end, version, keys, levels, attempts, judgements.
// returns: optional
// about: named groups $id
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
MATCH (group:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
WITH mark, group, student
ORDER BY student.name, student.id
LIMIT $limit
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(skill:Skill) WHERE skill.archived_at IS NULL
WITH mark, group, student, collect(skill.code) AS keys,
       collect(CASE WHEN skill IS NULL THEN null ELSE coalesce(mastery.level, -1.0) END) AS levels,
       collect(CASE WHEN skill IS NULL THEN null ELSE coalesce(mastery.attempts, -1) END) AS attempts,
       collect(CASE WHEN skill IS NULL THEN null ELSE coalesce(mastery.judgements, 0) END) AS judgements
WITH mark, group, collect([
       student.id, student.name, student.recency_at_session_end,
       student.id + ' ' + coalesce(student.revision, 0) + ' ' + coalesce(toString(student.created_at), ''),
       keys, levels, attempts, judgements
     ]) AS members
RETURN mark AS mark, group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { ()-[:MEMBER_OF]->(group) } AS size, coalesce(group.revision, 1) AS revision,
       group.archived_at AS archived_at, members AS members;

// -- class_page/read_student --
// A student with the courses that the student's groups take, and on request with groups, number of answers and masteries:
// the groups and masteries as lists of the columns of group/list_by_ids and mastery/list_of_students.
// returns: optional
// about: named students $id
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
MATCH (student:Student {id: $id})
RETURN mark AS mark, student.id AS id, student.name AS name,
       student.recency_at_session_end AS recency_at_session_end,
       COLLECT {
         MATCH (student)-[:MEMBER_OF]->(:Group)-[:TAKES]->(course:Course)
         RETURN DISTINCT course.id ORDER BY course.id
       } AS course_ids,
       CASE WHEN $with_answers THEN COUNT { MATCH (student)-[answer:ANSWERED]->() WHERE answer.position = 0 } END AS answers,
       CASE WHEN $with_groups THEN COLLECT {
         MATCH (student)-[:MEMBER_OF]->(group:Group) WHERE group.archived_at IS NULL
         RETURN [
           group.id, group.name,
           COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id },
           COUNT { ()-[:MEMBER_OF]->(group) }, coalesce(group.revision, 1), group.archived_at
         ]
       } END AS groups,
       CASE WHEN $with_masteries THEN COLLECT {
         MATCH (student)-[mastery:HAS_MASTERY]->(target)
         RETURN [
           CASE WHEN target:Concept THEN target.id END, target.code, mastery.level, mastery.attempts, mastery.correct,
           coalesce(mastery.judgements, 0), toString(mastery.last_practiced_at), toString(mastery.last_recorded_at),
           mastery.last_sequence, mastery.last_answer_id, mastery.parameter_set_id, toString(mastery.updated_at),
           target.archived_at IS NOT NULL
         ]
       } END AS masteries;

// -- class_page/read_student_with_answers --
// A student with the last pages of the student's answers, each as a list: start, until, answers.
// returns: optional
// about: named students $id
MATCH (student:Student {id: $id})
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end,
       COLLECT {
         MATCH (history:History {id: $id})
         WITH history.bounds AS bounds, size(history.bounds) AS last
         UNWIND range(CASE WHEN last < $pages THEN 0 ELSE last - $pages + 1 END, last) AS number
         WITH CASE WHEN number < last THEN bounds[number] ELSE '' END AS end
         MATCH (page:HistoryPage {id: $id + $separator + end})
         RETURN [page.start, page.until, page.answers]
       } AS pages;

// -- class_page/read_group --
// A group with the courses that it takes.
// returns: optional
// about: named groups $id
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
MATCH (group:Group {id: $id})
RETURN mark AS mark, group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { ()-[:MEMBER_OF]->(group) } AS size, coalesce(group.revision, 1) AS revision,
       group.archived_at AS archived_at,
       COLLECT { MATCH (group)-[:TAKES]->(course:Course) RETURN course.id ORDER BY course.id } AS course_ids;

// -- class_page/read_group_with_revisions --
// Likewise, with its members: the id of each, the revision and the time of creation, as one text with spaces between.
// returns: optional
// about: named groups $id
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
WITH version.mark AS mark
MATCH (group:Group {id: $id})
RETURN mark AS mark, group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { ()-[:MEMBER_OF]->(group) } AS size, coalesce(group.revision, 1) AS revision,
       group.archived_at AS archived_at,
       COLLECT { MATCH (group)-[:TAKES]->(course:Course) RETURN course.id ORDER BY course.id } AS course_ids,
       COLLECT {
         MATCH (student:Student)-[:MEMBER_OF]->(group)
         RETURN student.id + ' ' + coalesce(student.revision, 0) + ' ' + coalesce(toString(student.created_at), '')
       } AS members;

// -- course/count --
// Number of courses that fit the filters of a page.
// returns: value
MATCH (course:Course)
WHERE ($search IS NULL OR course.search CONTAINS $search)
  AND ($archived OR course.archived_at IS NULL)
RETURN count(course) AS total;

// -- course/list_page --
// A page of courses in order of id, after one. Filters: text in id or name, archived ones.
// returns: many
MATCH (course:Course)
WHERE course.id > $after
  AND ($search IS NULL OR course.search CONTAINS $search)
  AND ($archived OR course.archived_at IS NULL)
WITH course
ORDER BY course.id
LIMIT $limit
RETURN course.id AS id, course.name AS name, course.description AS description, course.archived_at AS archived_at,
       COLLECT { MATCH (skill:Skill)-[:IN_COURSE]->(course) RETURN skill.code ORDER BY skill.code } AS skill_codes
ORDER BY id;

// -- course/list_by_ids --
// Courses by id, with the codes of their skills.
// returns: many
UNWIND $ids AS id
MATCH (course:Course {id: id})
RETURN course.id AS id, course.name AS name, course.description AS description, course.archived_at AS archived_at,
       COLLECT { MATCH (skill:Skill)-[:IN_COURSE]->(course) RETURN skill.code ORDER BY skill.code } AS skill_codes;

// -- course/list_all --
// Every course in order of id, with the codes of its skills.
// returns: many
MATCH (course:Course)
RETURN course.id AS id, course.name AS name, course.description AS description, course.archived_at AS archived_at,
       COLLECT { MATCH (skill:Skill)-[:IN_COURSE]->(course) RETURN skill.code ORDER BY skill.code } AS skill_codes
ORDER BY id;

// -- course/list_ids --
// The id of every course, archived ones included.
// returns: many
MATCH (course:Course)
RETURN course.id AS id
ORDER BY id;

// -- course/list_ids_of_skills --
// The ids of the courses that each skill is in.
// returns: many
UNWIND $codes AS code
MATCH (:Skill {code: code})-[:IN_COURSE]->(course:Course)
RETURN code AS skill_code, course.id AS course_id
ORDER BY skill_code, course_id;

// -- course/list_ids_of_groups --
// The ids of the courses that each group takes.
// returns: many
// about: groups $ids
UNWIND $ids AS id
MATCH (:Group {id: id})-[:TAKES]->(course:Course)
RETURN id AS group_id, course.id AS course_id
ORDER BY group_id, course_id;

// -- course/list_ids_of_students --
// The ids of the courses that the groups of each student take.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:MEMBER_OF]->(:Group)-[:TAKES]->(course:Course)
RETURN DISTINCT student_id AS student_id, course.id AS course_id
ORDER BY student_id, course_id;

// -- course/put --
// Create courses or replace all their properties; links stay.
// returns: nothing
// changes: course
UNWIND $rows AS row
MERGE (course:Course {id: row.id})
ON CREATE SET course.created_at = $now
SET course.name = row.name, course.description = row.description,
    course.archived_at = coalesce(row.archived_at, course.archived_at), course.search = toLower(row.id + ' ' + row.name);

// -- course/archive --
// Note when a course was archived; null takes it out of the archive.
// returns: nothing
// changes: course
MATCH (course:Course {id: $id})
SET course.archived_at = $archived_at;

// -- course/delete --
// Delete a course with its links. Skills and groups stay.
// returns: nothing
// about: all students
// changes: course
MATCH (course:Course {id: $id})
DETACH DELETE course;

// -- course/count_links --
// How many skills a course has, and how many groups take it.
// returns: optional
// about: all students
MATCH (course:Course {id: $id})
RETURN COUNT { (:Skill)-[:IN_COURSE]->(course) } AS skills, COUNT { (:Group)-[:TAKES]->(course) } AS groups;

// -- course/link_skills --
// Put skills into courses.
// returns: nothing
// changes: course
UNWIND $rows AS row
MATCH (course:Course {id: row.course_id})
MATCH (skill:Skill {code: row.skill_code})
MERGE (skill)-[:IN_COURSE]->(course);

// -- course/unlink_skills --
// Take skills out of courses.
// returns: nothing
// changes: course
UNWIND $rows AS row
MATCH (:Skill {code: row.skill_code})-[link:IN_COURSE]->(:Course {id: row.course_id})
DELETE link;

// -- course/unlink_all_skills --
// Take all skills out of courses, before new ones are stored.
// returns: nothing
// changes: course
UNWIND $ids AS id
MATCH (:Course {id: id})<-[link:IN_COURSE]-(:Skill)
DELETE link;

// -- course/link_groups --
// Make a group take courses.
// returns: nothing
// about: all students
// changes: course
UNWIND $course_ids AS course_id
MATCH (group:Group {id: $group_id})
MATCH (course:Course {id: course_id})
MERGE (group)-[:TAKES]->(course);

// -- course/unlink_groups --
// Make a group no longer take courses.
// returns: nothing
// about: all students
// changes: course
UNWIND $course_ids AS course_id
MATCH (:Group {id: $group_id})-[link:TAKES]->(:Course {id: course_id})
DELETE link;

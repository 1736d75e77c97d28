// -- student/count --
// Number of students that fit the filter of a page.
// returns: value
// about: all students
MATCH (student:Student)
WHERE ($search IS NULL OR student.search CONTAINS $search)
RETURN count(student) AS total;

// -- student/count_of_group --
// Number of members of a group that fit the filter of a page.
// returns: value
// about: all students
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
WHERE ($search IS NULL OR student.search CONTAINS $search)
RETURN count(student) AS total;

// -- student/list_page_by_name --
// A page of students in order of name, then id, after one. Filter: text in id or name.
// returns: many
// about: named all students
MATCH (student:Student)
WHERE student.name >= $after_name AND (student.name > $after_name OR student.id > $after_id)
  AND ($search IS NULL OR student.search CONTAINS $search)
WITH student
ORDER BY student.name, student.id
LIMIT $limit
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end
ORDER BY name, id;

// -- student/list_page_by_id --
// A page of students in order of id, after one. Filter: text in id or name.
// returns: many
// about: named all students
MATCH (student:Student)
WHERE student.id > $after_id
  AND ($search IS NULL OR student.search CONTAINS $search)
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end
ORDER BY id
LIMIT $limit;

// -- student/list_page_of_group --
// A page of a group's members in order of name, then id, or of id alone, after one. Filter: text in id or name.
// returns: many
// about: named all students
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
WHERE ($search IS NULL OR student.search CONTAINS $search)
WITH student, CASE WHEN $by_name THEN student.name ELSE '' END AS place
WHERE place > $after_name OR (place = $after_name AND student.id > $after_id)
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end
ORDER BY place, id
LIMIT $limit;

// -- student/count_taught --
// Number of a teacher's students that fit the filters of a page.
// returns: value
// about: students seen by $viewer
MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group)<-[:MEMBER_OF]-(student)
WHERE ($group_id IS NULL OR group.id = $group_id) AND ($search IS NULL OR student.search CONTAINS $search)
RETURN count(DISTINCT student) AS total;

// -- student/list_taught_page --
// A page of a teacher's students in order of name, then id, or of id alone, after one.
// returns: many
// about: named students seen by $viewer
MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group)<-[:MEMBER_OF]-(student)
WHERE ($group_id IS NULL OR group.id = $group_id) AND ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student, CASE WHEN $by_name THEN student.name ELSE '' END AS place
WHERE place > $after_name OR (place = $after_name AND student.id > $after_id)
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end
ORDER BY place, id
LIMIT $limit;

// -- student/list_members_page --
// A page of each group's members in order of name, then id, after one.
// returns: many
// about: named groups $group_ids
UNWIND $group_ids AS group_id
MATCH (group:Group {id: group_id})
CALL (group) {
  MATCH (group)<-[:MEMBER_OF]-(student:Student)
  WHERE student.name > $after_name OR (student.name = $after_name AND student.id > $after_id)
  RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end
  ORDER BY name, id
  LIMIT $limit
}
RETURN group_id AS group_id, id AS id, name AS name, recency_at_session_end AS recency_at_session_end;

// -- student/list_by_ids --
// Students by id.
// returns: many
// about: named students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end;

// -- student/list_revisions --
// Revisions of students: a number that every write to a student increases.
// returns: many
// about: students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
RETURN id AS id, coalesce(student.revision, 0) AS revision;

// -- student/list_inactive --
// Students created before a moment who have practised nothing since.
// returns: many
// about: named all students
MATCH (student:Student)
WHERE student.created_at < $before
  AND NOT EXISTS { MATCH (student)-[mastery:HAS_MASTERY]->() WHERE mastery.last_practiced_at >= $before }
RETURN student.id AS id
LIMIT $limit;

// -- student/count_links --
// Numbers of answers, masteries, judgements and sessions of a student.
// returns: optional
// about: all students
MATCH (student:Student {id: $id})
RETURN COUNT { MATCH (student)-[answer:ANSWERED]->() WHERE answer.position = 0 } AS answers,
       COUNT { (student)-[:HAS_MASTERY]->() } AS masteries,
       COUNT { MATCH (student)-[judgement:JUDGED_ON]->() WHERE judgement.revokes IS NULL } AS judgements,
       COUNT { (student)-[:HAS_SESSION]->() } AS sessions;

// -- student/touch --
// Create new students and lock all, so that one writer at a time writes their answers.
// Erasures are read after the lock, so none can happen in between (G6), and so are the evidence parameters in effect.
// returns: many
// about: students $rows
// raises: students $rows
UNWIND $rows AS row
MERGE (student:Student {id: row.student_id})
ON CREATE SET student.created_at = $now, student.name = '', student.search = toLower(row.student_id), student.revision = 0
SET student.revision = student.revision + 1
WITH row
OPTIONAL MATCH (erasure:Erasure {hash: row.hash})
WITH collect({id: row.student_id, erased: erasure IS NOT NULL}) AS students
OPTIONAL MATCH (key:ErasureKey {id: 'erasure'})
OPTIONAL MATCH (course:CourseVersion {id: 'course'})
UNWIND students AS student
RETURN student.id AS id, student.erased AS erased, key.mark AS mark, course.evidence_set_id AS evidence_set_id;

// -- student/put --
// Create students or change them; a name of null leaves what is stored, and so does a choice that is not stated.
// Erasures are read after the lock, so none can happen in between (G6).
// returns: many
// about: all students
// raises: students $rows
UNWIND $rows AS row
MERGE (student:Student {id: row.student_id})
ON CREATE SET student.created_at = $now, student.revision = 0
SET student.revision = coalesce(student.revision, 0) + 1, student.name = coalesce(row.name, student.name, ''),
    student.search = toLower(student.id + ' ' + coalesce(row.name, student.name, '')),
    student.recency_at_session_end = CASE WHEN row.states_choice THEN row.recency_at_session_end
                                          ELSE student.recency_at_session_end END
WITH row
OPTIONAL MATCH (erasure:Erasure {hash: row.hash})
WITH collect({id: row.student_id, erased: erasure IS NOT NULL}) AS students
OPTIONAL MATCH (key:ErasureKey {id: 'erasure'})
UNWIND students AS student
RETURN student.id AS id, student.erased AS erased, key.mark AS mark;

// -- student/lock --
// Lock students until the transaction ends, without creating missing ones.
// returns: nothing
// about: all students
// raises: students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
SET student.revision = coalesce(student.revision, 0) + 1;

// -- student/delete --
// Erase students: node, edges, history and sessions (G6).
// returns: nothing
// about: all students
// raises: students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
OPTIONAL MATCH (student)-[:HAS_SESSION]->(session:Session)
DETACH DELETE student, session;

// -- session/list_by_ids --
// Sessions by id.
// returns: many
// about: students
UNWIND $ids AS id
MATCH (session:Session {id: id})<-[:HAS_SESSION]-(student:Student)
RETURN session.id AS id, student.id AS student_id, session.status AS status,
       session.started_at AS started_at, session.ended_at AS ended_at;

// -- session/list_of_students --
// Every session of some students, in order of student, start and id.
// returns: many
// about: all students
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_SESSION]->(session:Session)
RETURN session.id AS id, student_id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at
ORDER BY student_id, session.started_at, session.id;

// -- session/list_page --
// A page of each student's sessions with some status, newest first, after one.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
CALL (student) {
  MATCH (student)-[:HAS_SESSION]->(session:Session)
  WHERE ($statuses IS NULL OR session.status IN $statuses)
    AND ($after_at IS NULL OR session.started_at < $after_at
         OR (session.started_at = $after_at AND session.id > $after_id))
  RETURN session
  ORDER BY session.started_at DESC, session.id
  LIMIT $limit
}
RETURN session.id AS id, student_id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at;

// -- session/count_of_students --
// The number of sessions of each student with some status.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
RETURN student_id AS student_id,
       COUNT { MATCH (student)-[:HAS_SESSION]->(session:Session) WHERE $statuses IS NULL OR session.status IN $statuses } AS total;

// -- session/list_page_of_group --
// A page of the sessions of a group's members with some status and start, newest first, after one.
// returns: many
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)-[:HAS_SESSION]->(session:Session)
WHERE ($statuses IS NULL OR session.status IN $statuses)
  AND ($since IS NULL OR session.started_at >= $since)
  AND ($until IS NULL OR session.started_at < $until)
  AND ($after_at IS NULL OR session.started_at < $after_at
       OR (session.started_at = $after_at AND session.id > $after_id))
RETURN session.id AS id, student.id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at
ORDER BY session.started_at DESC, session.id
LIMIT $limit;

// -- session/count_of_group --
// The number of sessions of a group's members with some status and start.
// returns: value
// about: groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(:Student)-[:HAS_SESSION]->(session:Session)
WHERE ($statuses IS NULL OR session.status IN $statuses)
  AND ($since IS NULL OR session.started_at >= $since)
  AND ($until IS NULL OR session.started_at < $until)
RETURN count(session) AS total;

// -- session/list_stale --
// Sessions in progress that started before a moment, with their students, oldest first.
// returns: many
// about: all students
MATCH (session:Session {status: 'IN_PROGRESS'})<-[:HAS_SESSION]-(student:Student)
WHERE session.started_at < $before
RETURN session.id AS id, student.id AS student_id, session.status AS status, session.started_at AS started_at,
       session.ended_at AS ended_at
ORDER BY started_at, id
LIMIT $limit;

// -- session/list_uncounted --
// Sessions of students that do not count (G7): in progress or abandoned.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:HAS_SESSION]->(session:Session)
WHERE session.status IN ['IN_PROGRESS', 'ABANDONED']
RETURN session.id AS id;

// -- session/create --
// Start a session of a student; a stored session with the same id stays as it is.
// returns: nothing
// about: students $student_id
// changes: students $student_id
MATCH (student:Student {id: $student_id})
MERGE (session:Session {id: $id})
ON CREATE SET session.status = 'IN_PROGRESS', session.started_at = $started_at
WITH student, session
WHERE NOT EXISTS { (:Student)-[:HAS_SESSION]->(session) }
CREATE (student)-[:HAS_SESSION]->(session);

// -- session/end --
// End a session of a student.
// returns: nothing
// about: students $student_id
// changes: students $student_id
MATCH (:Student {id: $student_id})-[:HAS_SESSION]->(session:Session {id: $id})
SET session.status = $status, session.ended_at = $ended_at;

// -- session/put --
// Store past sessions of stored students; a stored session stays as it is.
// returns: nothing
// about: all students
// changes: students $rows
UNWIND $rows AS row
MATCH (student:Student {id: row.student_id})
MERGE (session:Session {id: row.id})
ON CREATE SET session.status = row.status, session.started_at = row.started_at, session.ended_at = row.ended_at
MERGE (student)-[:HAS_SESSION]->(session);

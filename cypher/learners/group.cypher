// -- group/count --
// Number of groups that fit the filters of a page.
// returns: value
// about: groups seen by $viewer
MATCH (group:Group)
WHERE ($search IS NULL OR CASE WHEN $min_size = 0 THEN group.search ELSE toLower(group.id) END CONTAINS $search)
  AND ($viewer IS NULL OR EXISTS { (:Teacher {id: $viewer})-[:TEACHES]->(group) })
  AND ($include_archived OR group.archived_at IS NULL)
  AND ($min_size = 0 OR COUNT { ()-[:MEMBER_OF]->(group) } >= $min_size)
RETURN count(group) AS total;

// -- group/list_page --
// A page of groups in order of id, after one. Filter: text in id or name.
// returns: many
// about: groups seen by $viewer
MATCH (group:Group)
WHERE group.id > $after AND ($search IS NULL OR CASE WHEN $min_size = 0 THEN group.search ELSE toLower(group.id) END CONTAINS $search)
  AND ($viewer IS NULL OR EXISTS { (:Teacher {id: $viewer})-[:TEACHES]->(group) })
  AND ($include_archived OR group.archived_at IS NULL)
  AND ($min_size = 0 OR COUNT { ()-[:MEMBER_OF]->(group) } >= $min_size)
WITH group
ORDER BY group.id
LIMIT $limit
RETURN group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { ()-[:MEMBER_OF]->(group) } AS size,
       coalesce(group.revision, 1) AS revision, group.archived_at AS archived_at
ORDER BY id;

// -- group/read_page --
// The same page in one row, for callers who may see all groups. A group is a list: id, name, teacher_ids, size, revision,
// archived_at.
// returns: value
// about: named all students
MATCH (group:Group)
WHERE group.id > $after AND ($search IS NULL OR group.search CONTAINS $search)
  AND ($include_archived OR group.archived_at IS NULL)
WITH group
ORDER BY group.id
LIMIT $limit
WITH group,
     COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
     COUNT { ()-[:MEMBER_OF]->(group) } AS size
RETURN collect([
  group.id, group.name, teacher_ids, size, coalesce(group.revision, 1), group.archived_at
]) AS groups;

// -- group/list_by_ids --
// Groups by id.
// returns: many
// about: groups $ids
UNWIND $ids AS id
MATCH (group:Group {id: id})
RETURN group.id AS id, group.name AS name,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacher_ids,
       COUNT { ()-[:MEMBER_OF]->(group) } AS size,
       coalesce(group.revision, 1) AS revision, group.archived_at AS archived_at;

// -- group/list_ids_of_students --
// The ids of the groups that each student is a member of; without archived ones.
// returns: many
// about: students $student_ids
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[:MEMBER_OF]->(group:Group)
WHERE group.archived_at IS NULL
RETURN student_id AS student_id, group.id AS group_id
ORDER BY student_id, group_id;

// -- group/list_member_ids --
// The ids of the members of a group.
// returns: many
// about: groups $id
MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
RETURN student.id AS student_id
ORDER BY student_id;

// -- group/put --
// Create a group or replace its name.
// returns: nothing
// about: all students
// raises: groups $id
MERGE (group:Group {id: $id})
ON CREATE SET group.created_at = $now
SET group.name = $name, group.search = toLower($id + ' ' + $name), group.revision = $revision;

// -- group/lock --
// Lock groups until the transaction ends, by writing their next revision; returns the revisions before. These are read
// after the write: a value read before it may be older than the lock.
// returns: many
// about: all students
// raises: groups $ids
UNWIND $ids AS id
MATCH (group:Group {id: id})
SET group.revision = coalesce(group.revision, 1) + 1
RETURN group.id AS id, group.revision - 1 AS revision;

// -- group/set_revision --
// Put back the revision of a locked group that stayed the same.
// returns: nothing
// about: all students
// raises: groups $id
MATCH (group:Group {id: $id})
SET group.revision = $revision;

// -- group/link_members --
// Make students members of a group.
// returns: nothing
// about: all students
// changes: groups $id
MATCH (group:Group {id: $id})
UNWIND $student_ids AS student_id
MATCH (student:Student {id: student_id})
MERGE (student)-[:MEMBER_OF]->(group);

// -- group/unlink_members --
// Remove all members of a group, before new ones are stored.
// returns: nothing
// about: all students
// changes: groups $id
MATCH (:Group {id: $id})<-[membership:MEMBER_OF]-(:Student)
DELETE membership;

// -- group/unlink_some_members --
// Remove students from a group.
// returns: nothing
// about: all students
// changes: groups $id
UNWIND $student_ids AS student_id
MATCH (:Student {id: student_id})-[membership:MEMBER_OF]->(:Group {id: $id})
DELETE membership;

// -- group/link_teachers --
// Link teachers to a group (G8).
// returns: nothing
// about: all students
// changes: groups $id
MATCH (group:Group {id: $id})
UNWIND $teacher_ids AS teacher_id
MERGE (teacher:Teacher {id: teacher_id})
MERGE (teacher)-[:TEACHES]->(group);

// -- group/unlink_teachers --
// Remove all teachers of a group, before new ones are stored.
// returns: nothing
// about: all students
// changes: groups $id
MATCH (:Group {id: $id})<-[teaches:TEACHES]-(:Teacher)
DELETE teaches;

// -- group/unlink_some_teachers --
// Remove teachers from a group.
// returns: nothing
// about: all students
// changes: groups $id
UNWIND $teacher_ids AS teacher_id
MATCH (:Teacher {id: teacher_id})-[teaches:TEACHES]->(:Group {id: $id})
DELETE teaches;

// -- group/archive --
// Archive locked groups at a moment, or restore them without one.
// returns: nothing
// about: all students
// changes: groups $keys
UNWIND $keys AS key
MATCH (group:Group {id: key})
SET group.archived_at = $at;

// -- group/delete --
// Delete groups with their memberships; the students and teachers stay.
// returns: nothing
// about: all students
// raises: groups $keys
UNWIND $keys AS key
MATCH (group:Group {id: key})
DETACH DELETE group;

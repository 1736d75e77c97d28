// -- roster/list_page_of_all --
// A page of students that fit a filter, after one, in an order that the levels on skills decide.
// returns: many
// about: named all students
MATCH (student:Student)
WHERE ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student
CALL (student) {
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
  RETURN max(mastery.last_practiced_at) AS latest,
         avg(CASE WHEN target:Skill AND target.archived_at IS NULL THEN mastery.level END) AS mean,
         sum(CASE WHEN target:Skill AND target.archived_at IS NULL
             AND mastery.level < coalesce($focus_of_skills[target.code], $default_focus) THEN 1 ELSE 0 END) AS need_focus,
         max(CASE WHEN (target:Skill AND target.code = $skill_code) OR (target:Concept AND target.id = $concept_id)
             THEN mastery.level END) AS level
}
WITH student, level, CASE $order_by WHEN 'NAME' THEN student.name
     WHEN 'LAST_PRACTICED' THEN coalesce(latest, datetime('0001-01-01T00:00:00Z'))
     WHEN 'MEAN_LEVEL' THEN coalesce(toInteger(floor(mean * $mean_steps + 0.5)), $mean_steps + 1)
     WHEN 'NEEDS_FOCUS' THEN -need_focus ELSE student.id END AS place
WHERE (NOT $by_target OR CASE WHEN level IS NULL THEN 'NOT_STARTED' WHEN level >= $mastered THEN 'MASTERED'
       WHEN level < $focus THEN 'NEEDS_FOCUS' ELSE 'LEARNING' END IN $statuses)
  AND ($below IS NULL OR level < $below) AND ($above IS NULL OR level > $above)
  AND ($after_id IS NULL
       OR (NOT $reverse AND (place > $after OR (place = $after AND student.id > $after_id)))
       OR ($reverse AND (place < $after OR (place = $after AND student.id < $after_id))))
WITH student, place
ORDER BY CASE WHEN $reverse THEN NULL ELSE place END, CASE WHEN $reverse THEN NULL ELSE student.id END,
         CASE WHEN $reverse THEN place ELSE NULL END DESC, CASE WHEN $reverse THEN student.id ELSE NULL END DESC
LIMIT $limit
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end,
       CASE WHEN $order_by = 'LAST_PRACTICED' THEN toString(place) ELSE place END AS place;

// -- roster/list_page_of_group --
// A page of members of a group that fit a filter, after one, in an order that the levels on skills decide.
// returns: many
// about: named groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
WHERE ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student
CALL (student) {
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
  RETURN max(mastery.last_practiced_at) AS latest,
         avg(CASE WHEN target:Skill AND target.archived_at IS NULL THEN mastery.level END) AS mean,
         sum(CASE WHEN target:Skill AND target.archived_at IS NULL
             AND mastery.level < coalesce($focus_of_skills[target.code], $default_focus) THEN 1 ELSE 0 END) AS need_focus,
         max(CASE WHEN (target:Skill AND target.code = $skill_code) OR (target:Concept AND target.id = $concept_id)
             THEN mastery.level END) AS level
}
WITH student, level, CASE $order_by WHEN 'NAME' THEN student.name
     WHEN 'LAST_PRACTICED' THEN coalesce(latest, datetime('0001-01-01T00:00:00Z'))
     WHEN 'MEAN_LEVEL' THEN coalesce(toInteger(floor(mean * $mean_steps + 0.5)), $mean_steps + 1)
     WHEN 'NEEDS_FOCUS' THEN -need_focus ELSE student.id END AS place
WHERE (NOT $by_target OR CASE WHEN level IS NULL THEN 'NOT_STARTED' WHEN level >= $mastered THEN 'MASTERED'
       WHEN level < $focus THEN 'NEEDS_FOCUS' ELSE 'LEARNING' END IN $statuses)
  AND ($below IS NULL OR level < $below) AND ($above IS NULL OR level > $above)
  AND ($after_id IS NULL
       OR (NOT $reverse AND (place > $after OR (place = $after AND student.id > $after_id)))
       OR ($reverse AND (place < $after OR (place = $after AND student.id < $after_id))))
WITH student, place
ORDER BY CASE WHEN $reverse THEN NULL ELSE place END, CASE WHEN $reverse THEN NULL ELSE student.id END,
         CASE WHEN $reverse THEN place ELSE NULL END DESC, CASE WHEN $reverse THEN student.id ELSE NULL END DESC
LIMIT $limit
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end,
       CASE WHEN $order_by = 'LAST_PRACTICED' THEN toString(place) ELSE place END AS place;

// -- roster/list_page_taught --
// A page of a teacher's students that fit a filter, after one, in an order that the levels on skills decide.
// returns: many
// about: named students seen by $viewer
MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group:Group)<-[:MEMBER_OF]-(student:Student)
WHERE ($group_id IS NULL OR group.id = $group_id) AND ($ids IS NULL OR student.id IN $ids)
  AND ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student
CALL (student) {
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
  RETURN max(mastery.last_practiced_at) AS latest,
         avg(CASE WHEN target:Skill AND target.archived_at IS NULL THEN mastery.level END) AS mean,
         sum(CASE WHEN target:Skill AND target.archived_at IS NULL
             AND mastery.level < coalesce($focus_of_skills[target.code], $default_focus) THEN 1 ELSE 0 END) AS need_focus,
         max(CASE WHEN (target:Skill AND target.code = $skill_code) OR (target:Concept AND target.id = $concept_id)
             THEN mastery.level END) AS level
}
WITH student, level, CASE $order_by WHEN 'NAME' THEN student.name
     WHEN 'LAST_PRACTICED' THEN coalesce(latest, datetime('0001-01-01T00:00:00Z'))
     WHEN 'MEAN_LEVEL' THEN coalesce(toInteger(floor(mean * $mean_steps + 0.5)), $mean_steps + 1)
     WHEN 'NEEDS_FOCUS' THEN -need_focus ELSE student.id END AS place
WHERE (NOT $by_target OR CASE WHEN level IS NULL THEN 'NOT_STARTED' WHEN level >= $mastered THEN 'MASTERED'
       WHEN level < $focus THEN 'NEEDS_FOCUS' ELSE 'LEARNING' END IN $statuses)
  AND ($below IS NULL OR level < $below) AND ($above IS NULL OR level > $above)
  AND ($after_id IS NULL
       OR (NOT $reverse AND (place > $after OR (place = $after AND student.id > $after_id)))
       OR ($reverse AND (place < $after OR (place = $after AND student.id < $after_id))))
WITH student, place
ORDER BY CASE WHEN $reverse THEN NULL ELSE place END, CASE WHEN $reverse THEN NULL ELSE student.id END,
         CASE WHEN $reverse THEN place ELSE NULL END DESC, CASE WHEN $reverse THEN student.id ELSE NULL END DESC
LIMIT $limit
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end,
       CASE WHEN $order_by = 'LAST_PRACTICED' THEN toString(place) ELSE place END AS place;

// -- roster/list_page_of_ids --
// A page of students with some ids that fit a filter, after one, in an order that the levels on skills decide.
// returns: many
// about: named students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
WHERE ($group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) })
  AND ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student
CALL (student) {
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
  RETURN max(mastery.last_practiced_at) AS latest,
         avg(CASE WHEN target:Skill AND target.archived_at IS NULL THEN mastery.level END) AS mean,
         sum(CASE WHEN target:Skill AND target.archived_at IS NULL
             AND mastery.level < coalesce($focus_of_skills[target.code], $default_focus) THEN 1 ELSE 0 END) AS need_focus,
         max(CASE WHEN (target:Skill AND target.code = $skill_code) OR (target:Concept AND target.id = $concept_id)
             THEN mastery.level END) AS level
}
WITH student, level, CASE $order_by WHEN 'NAME' THEN student.name
     WHEN 'LAST_PRACTICED' THEN coalesce(latest, datetime('0001-01-01T00:00:00Z'))
     WHEN 'MEAN_LEVEL' THEN coalesce(toInteger(floor(mean * $mean_steps + 0.5)), $mean_steps + 1)
     WHEN 'NEEDS_FOCUS' THEN -need_focus ELSE student.id END AS place
WHERE (NOT $by_target OR CASE WHEN level IS NULL THEN 'NOT_STARTED' WHEN level >= $mastered THEN 'MASTERED'
       WHEN level < $focus THEN 'NEEDS_FOCUS' ELSE 'LEARNING' END IN $statuses)
  AND ($below IS NULL OR level < $below) AND ($above IS NULL OR level > $above)
  AND ($after_id IS NULL
       OR (NOT $reverse AND (place > $after OR (place = $after AND student.id > $after_id)))
       OR ($reverse AND (place < $after OR (place = $after AND student.id < $after_id))))
WITH student, place
ORDER BY CASE WHEN $reverse THEN NULL ELSE place END, CASE WHEN $reverse THEN NULL ELSE student.id END,
         CASE WHEN $reverse THEN place ELSE NULL END DESC, CASE WHEN $reverse THEN student.id ELSE NULL END DESC
LIMIT $limit
RETURN student.id AS id, student.name AS name, student.recency_at_session_end AS recency_at_session_end,
       CASE WHEN $order_by = 'LAST_PRACTICED' THEN toString(place) ELSE place END AS place;

// -- roster/count_of_all --
// Number of students that fit a filter.
// returns: value
// about: named all students
MATCH (student:Student)
WHERE ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student
CALL (student) {
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
    AND ((target:Skill AND target.code = $skill_code) OR (target:Concept AND target.id = $concept_id))
  RETURN max(mastery.level) AS level
}
WITH student, level
WHERE (NOT $by_target OR CASE WHEN level IS NULL THEN 'NOT_STARTED' WHEN level >= $mastered THEN 'MASTERED'
       WHEN level < $focus THEN 'NEEDS_FOCUS' ELSE 'LEARNING' END IN $statuses)
  AND ($below IS NULL OR level < $below) AND ($above IS NULL OR level > $above)
RETURN count(student) AS total;

// -- roster/count_of_group --
// Number of members of a group that fit a filter.
// returns: value
// about: named groups $group_id
MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
WHERE ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student
CALL (student) {
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
    AND ((target:Skill AND target.code = $skill_code) OR (target:Concept AND target.id = $concept_id))
  RETURN max(mastery.level) AS level
}
WITH student, level
WHERE (NOT $by_target OR CASE WHEN level IS NULL THEN 'NOT_STARTED' WHEN level >= $mastered THEN 'MASTERED'
       WHEN level < $focus THEN 'NEEDS_FOCUS' ELSE 'LEARNING' END IN $statuses)
  AND ($below IS NULL OR level < $below) AND ($above IS NULL OR level > $above)
RETURN count(student) AS total;

// -- roster/count_taught --
// Number of a teacher's students that fit a filter.
// returns: value
// about: named students seen by $viewer
MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group:Group)<-[:MEMBER_OF]-(student:Student)
WHERE ($group_id IS NULL OR group.id = $group_id) AND ($ids IS NULL OR student.id IN $ids)
  AND ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student
CALL (student) {
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
    AND ((target:Skill AND target.code = $skill_code) OR (target:Concept AND target.id = $concept_id))
  RETURN max(mastery.level) AS level
}
WITH student, level
WHERE (NOT $by_target OR CASE WHEN level IS NULL THEN 'NOT_STARTED' WHEN level >= $mastered THEN 'MASTERED'
       WHEN level < $focus THEN 'NEEDS_FOCUS' ELSE 'LEARNING' END IN $statuses)
  AND ($below IS NULL OR level < $below) AND ($above IS NULL OR level > $above)
RETURN count(student) AS total;

// -- roster/count_of_ids --
// Number of students with some ids that fit a filter.
// returns: value
// about: named students $ids
UNWIND $ids AS id
MATCH (student:Student {id: id})
WHERE ($group_id IS NULL OR EXISTS { (student)-[:MEMBER_OF]->(:Group {id: $group_id}) })
  AND ($search IS NULL OR student.search CONTAINS $search)
WITH DISTINCT student
CALL (student) {
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
    AND ((target:Skill AND target.code = $skill_code) OR (target:Concept AND target.id = $concept_id))
  RETURN max(mastery.level) AS level
}
WITH student, level
WHERE (NOT $by_target OR CASE WHEN level IS NULL THEN 'NOT_STARTED' WHEN level >= $mastered THEN 'MASTERED'
       WHEN level < $focus THEN 'NEEDS_FOCUS' ELSE 'LEARNING' END IN $statuses)
  AND ($below IS NULL OR level < $below) AND ($above IS NULL OR level > $above)
RETURN count(student) AS total;

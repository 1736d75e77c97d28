// -- target_mastery/list_page_of_all --
// For each target, a page of the masteries of all students that fit a filter, after one, in an order.
// Each page reads the relationships of its target once: the engines have no index of relationships in this order.
// returns: many
// about: all students
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target, entry.mastered AS mastered, entry.focus AS focus
CALL (target, mastered, focus) {
  MATCH (target)<-[mastery:HAS_MASTERY]-(student:Student)
  WITH student, mastery, mastered, focus, CASE $order_by WHEN 'LEVEL' THEN mastery.level WHEN 'ATTEMPTS' THEN mastery.attempts
       WHEN 'LAST_PRACTICED' THEN coalesce(mastery.last_practiced_at, datetime('0001-01-01T00:00:00Z')) ELSE student.id END AS place
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= $min_attempts
    AND ($below IS NULL OR mastery.level < $below) AND ($above IS NULL OR mastery.level > $above)
    AND ($statuses IS NULL OR CASE WHEN mastery.level >= mastered THEN 'MASTERED' WHEN mastery.level < focus THEN 'NEEDS_FOCUS'
         ELSE 'LEARNING' END IN $statuses)
    AND ($after_id IS NULL OR (place = $after AND student.id > $after_id)
         OR (NOT $descending AND place > $after) OR ($descending AND place < $after))
  RETURN student, mastery
  ORDER BY CASE WHEN $descending THEN NULL ELSE place END, CASE WHEN $descending THEN place ELSE NULL END DESC, student.id
  LIMIT $limit
}
RETURN student.id AS student_id, CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code,
       mastery.level AS level, mastery.attempts AS attempts, mastery.correct AS correct,
       coalesce(mastery.judgements, 0) AS judgements,
       toString(mastery.last_practiced_at) AS last_practiced_at,
       toString(mastery.last_recorded_at) AS last_recorded_at, mastery.last_sequence AS last_sequence,
       mastery.last_answer_id AS last_answer_id,
       mastery.parameter_set_id AS parameter_set_id, toString(mastery.updated_at) AS updated_at;

// -- target_mastery/list_page_of_group --
// For each target, a page of the masteries of the members of a group that fit a filter, after one, in an order.
// Each page reads the relationships of its target once: the engines have no index of relationships in this order.
// returns: many
// about: groups $group_id
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target, entry.mastered AS mastered, entry.focus AS focus
CALL (target, mastered, focus) {
  MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
  WITH target, mastered, focus, collect(student) AS members
  UNWIND members AS student
  MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WITH student, mastery, mastered, focus, CASE $order_by WHEN 'LEVEL' THEN mastery.level WHEN 'ATTEMPTS' THEN mastery.attempts
       WHEN 'LAST_PRACTICED' THEN coalesce(mastery.last_practiced_at, datetime('0001-01-01T00:00:00Z')) ELSE student.id END AS place
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= $min_attempts
    AND ($below IS NULL OR mastery.level < $below) AND ($above IS NULL OR mastery.level > $above)
    AND ($statuses IS NULL OR CASE WHEN mastery.level >= mastered THEN 'MASTERED' WHEN mastery.level < focus THEN 'NEEDS_FOCUS'
         ELSE 'LEARNING' END IN $statuses)
    AND ($after_id IS NULL OR (place = $after AND student.id > $after_id)
         OR (NOT $descending AND place > $after) OR ($descending AND place < $after))
  RETURN student, mastery
  ORDER BY CASE WHEN $descending THEN NULL ELSE place END, CASE WHEN $descending THEN place ELSE NULL END DESC, student.id
  LIMIT $limit
}
RETURN student.id AS student_id, CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code,
       mastery.level AS level, mastery.attempts AS attempts, mastery.correct AS correct,
       coalesce(mastery.judgements, 0) AS judgements,
       toString(mastery.last_practiced_at) AS last_practiced_at,
       toString(mastery.last_recorded_at) AS last_recorded_at, mastery.last_sequence AS last_sequence,
       mastery.last_answer_id AS last_answer_id,
       mastery.parameter_set_id AS parameter_set_id, toString(mastery.updated_at) AS updated_at;

// -- target_mastery/list_of_group --
// For each target, the masteries of all members of a group that has at most $most: no row if it has more. Each of `rows`
// is a list: the student's id, name and recency_at_session_end, and then the properties of the mastery.
// returns: many
// about: groups $group_id
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target
CALL (target) {
  MATCH (group:Group {id: $group_id})
  WITH target, group, COUNT { ()-[:MEMBER_OF]->(group) } AS size
  WHERE size <= $most
  OPTIONAL MATCH (group)<-[:MEMBER_OF]-(student:Student)
  WITH target, size, collect(student) AS members
  UNWIND CASE WHEN size = 0 THEN [null] ELSE members END AS student
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= 0
  RETURN size, collect(CASE WHEN mastery IS NOT NULL THEN [
           student.id, student.name, student.recency_at_session_end, mastery.level, mastery.attempts, mastery.correct,
           coalesce(mastery.judgements, 0), toString(mastery.last_practiced_at), toString(mastery.last_recorded_at),
           mastery.last_sequence, mastery.last_answer_id, mastery.parameter_set_id, toString(mastery.updated_at)
         ] END) AS rows
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, size AS size, rows AS rows;

// -- target_mastery/list_page_taught --
// For each target, a page of the masteries of a teacher's students that fit a filter, after one, in an order.
// Each page reads the relationships of its target once: the engines have no index of relationships in this order.
// returns: many
// about: students seen by $viewer
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target, entry.mastered AS mastered, entry.focus AS focus
CALL (target, mastered, focus) {
  MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group:Group)<-[:MEMBER_OF]-(student:Student)
  WHERE $group_id IS NULL OR group.id = $group_id
  WITH DISTINCT target, mastered, focus, student
  MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WITH student, mastery, mastered, focus, CASE $order_by WHEN 'LEVEL' THEN mastery.level WHEN 'ATTEMPTS' THEN mastery.attempts
       WHEN 'LAST_PRACTICED' THEN coalesce(mastery.last_practiced_at, datetime('0001-01-01T00:00:00Z')) ELSE student.id END AS place
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= $min_attempts
    AND ($below IS NULL OR mastery.level < $below) AND ($above IS NULL OR mastery.level > $above)
    AND ($statuses IS NULL OR CASE WHEN mastery.level >= mastered THEN 'MASTERED' WHEN mastery.level < focus THEN 'NEEDS_FOCUS'
         ELSE 'LEARNING' END IN $statuses)
    AND ($after_id IS NULL OR (place = $after AND student.id > $after_id)
         OR (NOT $descending AND place > $after) OR ($descending AND place < $after))
  RETURN student, mastery
  ORDER BY CASE WHEN $descending THEN NULL ELSE place END, CASE WHEN $descending THEN place ELSE NULL END DESC, student.id
  LIMIT $limit
}
RETURN student.id AS student_id, CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code,
       mastery.level AS level, mastery.attempts AS attempts, mastery.correct AS correct,
       coalesce(mastery.judgements, 0) AS judgements,
       toString(mastery.last_practiced_at) AS last_practiced_at,
       toString(mastery.last_recorded_at) AS last_recorded_at, mastery.last_sequence AS last_sequence,
       mastery.last_answer_id AS last_answer_id,
       mastery.parameter_set_id AS parameter_set_id, toString(mastery.updated_at) AS updated_at;

// -- target_mastery/count_of_all --
// For each target and status, the number of masteries of all students that fit a filter.
// returns: many
// about: all students
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target, entry.mastered AS mastered, entry.focus AS focus
CALL (target, mastered, focus) {
  MATCH (target)<-[mastery:HAS_MASTERY]-(student:Student)
  WITH mastery, CASE WHEN mastery.level >= mastered THEN 'MASTERED' WHEN mastery.level < focus THEN 'NEEDS_FOCUS'
         ELSE 'LEARNING' END AS status
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= $min_attempts
    AND ($below IS NULL OR mastery.level < $below) AND ($above IS NULL OR mastery.level > $above)
    AND ($statuses IS NULL OR status IN $statuses)
  RETURN status, count(mastery) AS total
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, status AS status,
       total AS total;

// -- target_mastery/count_of_group --
// For each target and status, the number of masteries of the members of a group that fit a filter.
// returns: many
// about: groups $group_id
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target, entry.mastered AS mastered, entry.focus AS focus
CALL (target, mastered, focus) {
  MATCH (:Group {id: $group_id})<-[:MEMBER_OF]-(student:Student)
  WITH target, mastered, focus, collect(student) AS members
  UNWIND members AS student
  MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WITH mastery, CASE WHEN mastery.level >= mastered THEN 'MASTERED' WHEN mastery.level < focus THEN 'NEEDS_FOCUS'
         ELSE 'LEARNING' END AS status
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= $min_attempts
    AND ($below IS NULL OR mastery.level < $below) AND ($above IS NULL OR mastery.level > $above)
    AND ($statuses IS NULL OR status IN $statuses)
  RETURN status, count(mastery) AS total
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, status AS status,
       total AS total;

// -- target_mastery/count_taught --
// For each target and status, the number of masteries of a teacher's students that fit a filter.
// returns: many
// about: students seen by $viewer
UNWIND $targets AS entry
OPTIONAL MATCH (concept:Concept {id: entry.concept_id})
OPTIONAL MATCH (skill:Skill {code: entry.skill_code})
WITH coalesce(concept, skill) AS target, entry.mastered AS mastered, entry.focus AS focus
CALL (target, mastered, focus) {
  MATCH (:Teacher {id: $viewer})-[:TEACHES]->(group:Group)<-[:MEMBER_OF]-(student:Student)
  WHERE $group_id IS NULL OR group.id = $group_id
  WITH DISTINCT target, mastered, focus, student
  MATCH (student)-[mastery:HAS_MASTERY]->(target)
  WITH mastery, CASE WHEN mastery.level >= mastered THEN 'MASTERED' WHEN mastery.level < focus THEN 'NEEDS_FOCUS'
         ELSE 'LEARNING' END AS status
  WHERE mastery.level >= $lowest AND mastery.level <= $highest AND mastery.attempts >= $min_attempts
    AND ($below IS NULL OR mastery.level < $below) AND ($above IS NULL OR mastery.level > $above)
    AND ($statuses IS NULL OR status IN $statuses)
  RETURN status, count(mastery) AS total
}
RETURN CASE WHEN target:Concept THEN target.id END AS concept_id, target.code AS skill_code, status AS status,
       total AS total;

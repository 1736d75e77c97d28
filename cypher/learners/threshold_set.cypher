// -- threshold_set/list_newest --
// The newest version of the thresholds of every course and skill that has any, each with the mark that every change of
// the courses replaces. Without any, one row with the mark only.
// returns: many
OPTIONAL MATCH (version:CourseVersion {id: 'course'})
OPTIONAL MATCH (stored:ThresholdSet {is_newest: true})
RETURN version.mark AS course_version, stored.id AS id, stored.scope_kind AS scope_kind, stored.scope_id AS scope_id, stored.version AS version,
       stored.mastered AS mastered, stored.focus AS focus, stored.weak AS weak, stored.weak_attempts AS weak_attempts,
       stored.comparison AS comparison, stored.author AS author, stored.note AS note, stored.created_at AS created_at;

// -- threshold_set/list_by_ids --
// Versions of thresholds by id.
// returns: many
UNWIND $ids AS id
MATCH (stored:ThresholdSet {id: id})
RETURN stored.id AS id, stored.scope_kind AS scope_kind, stored.scope_id AS scope_id, stored.version AS version,
       stored.mastered AS mastered, stored.focus AS focus, stored.weak AS weak, stored.weak_attempts AS weak_attempts,
       stored.comparison AS comparison, stored.author AS author, stored.note AS note, stored.created_at AS created_at;

// -- threshold_set/list_page --
// A page of the versions of each course or skill, newest first, before a version.
// returns: many
UNWIND $scopes AS scope
CALL (scope) {
  MATCH (stored:ThresholdSet {scope_id: scope.id})
  WHERE stored.scope_kind = scope.kind AND ($before IS NULL OR stored.version < $before)
  RETURN stored
  ORDER BY stored.version DESC
  LIMIT $limit
}
RETURN stored.id AS id, stored.scope_kind AS scope_kind, stored.scope_id AS scope_id, stored.version AS version,
       stored.mastered AS mastered, stored.focus AS focus, stored.weak AS weak, stored.weak_attempts AS weak_attempts,
       stored.comparison AS comparison, stored.author AS author, stored.note AS note, stored.created_at AS created_at
ORDER BY scope_kind, scope_id, version DESC;

// -- threshold_set/count --
// Number of versions of each course or skill.
// returns: many
UNWIND $scopes AS scope
OPTIONAL MATCH (stored:ThresholdSet {scope_id: scope.id})
WHERE stored.scope_kind = scope.kind
RETURN scope.kind AS scope_kind, scope.id AS scope_id, count(stored) AS total;

// -- threshold_set/unmark_newest --
// Make no version of some courses and skills the newest, before newer ones are stored.
// returns: nothing
// changes: course
UNWIND $scopes AS scope
MATCH (stored:ThresholdSet {scope_id: scope.id})
WHERE stored.scope_kind = scope.kind AND stored.is_newest
SET stored.is_newest = false;

// -- threshold_set/create --
// Store versions; stored versions never change, except that the newest is marked.
// returns: nothing
// changes: course
UNWIND $rows AS row
CREATE (stored:ThresholdSet {id: row.id})
SET stored.scope_kind = row.scope_kind, stored.scope_id = row.scope_id, stored.version = row.version,
    stored.mastered = row.mastered, stored.focus = row.focus, stored.weak = row.weak,
    stored.weak_attempts = row.weak_attempts, stored.comparison = row.comparison, stored.author = row.author,
    stored.note = row.note, stored.created_at = row.created_at, stored.is_newest = row.is_newest;

// -- threshold_set/delete_of_scopes --
// Delete all versions of courses and skills that are deleted.
// returns: nothing
// changes: course
UNWIND $scopes AS scope
MATCH (stored:ThresholdSet {scope_id: scope.id})
WHERE stored.scope_kind = scope.kind
DELETE stored;

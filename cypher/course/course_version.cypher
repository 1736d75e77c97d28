// -- course_version/lock --
// Lock all courses until the transaction ends, count the change, and replace the mark.
// returns: value
// raises: course
MERGE (version:CourseVersion {id: 'course'})
SET version.version = coalesce(version.version, 0) + 1, version.mark = $mark
RETURN version.version AS version;

// -- course_version/read --
// The mark that every change of the courses replaces.
// returns: optional
MATCH (version:CourseVersion {id: 'course'})
RETURN version.mark AS version;

// -- course_version/list_mark --
// The mark that every change of the courses replaces, as a column of a reply's token.
// returns: many
MATCH (version:CourseVersion {id: 'course'})
RETURN version.mark AS mark;

// -- course_version/read_evidence --
// The id of the evidence parameters in effect, null for the default ones; and the run that has to weigh answers again, with
// the ids of the parameters that it replaces, while it is not finished.
// returns: optional
MATCH (version:CourseVersion {id: 'course'})
RETURN version.evidence_set_id AS evidence_set_id, version.evidence_run_id AS run_id,
       coalesce(version.evidence_replaced_ids, []) AS replaced_ids;

// -- course_version/put_evidence --
// Put evidence parameters into effect, and note the run that has to weigh the answers of those that they replace.
// returns: nothing
// changes: course
MATCH (version:CourseVersion {id: 'course'})
SET version.evidence_set_id = $evidence_set_id, version.evidence_run_id = $run_id,
    version.evidence_replaced_ids = $replaced_ids;

// -- course_version/clear_evidence --
// Remove the note of a run that has weighed all answers again.
// returns: nothing
// changes: course
MATCH (version:CourseVersion {id: 'course'})
WHERE version.evidence_run_id = $run_id
SET version.evidence_run_id = null, version.evidence_replaced_ids = null;

// -- course_version/read_forgetting --
// The id of the forgetting parameters in effect, null if the setting names them.
// returns: optional
MATCH (version:CourseVersion {id: 'course'})
RETURN version.forgetting_set_id AS forgetting_set_id;

// -- course_version/put_forgetting --
// Put forgetting parameters into effect; null: those of the setting.
// returns: nothing
// changes: course
MATCH (version:CourseVersion {id: 'course'})
SET version.forgetting_set_id = $forgetting_set_id;

// -- course_version/read_predictors --
// The ids of the predictors of the next answer in effect. Null: knowledge tracing; empty: by choice.
// returns: optional
MATCH (version:CourseVersion {id: 'course'})
RETURN version.concept_predictor_id AS concept, version.skill_predictor_id AS skill;

// -- course_version/put_predictors --
// Put predictors of the next answer into effect. Null: knowledge tracing; empty: by choice.
// returns: nothing
// changes: course
MATCH (version:CourseVersion {id: 'course'})
SET version.concept_predictor_id = $concept, version.skill_predictor_id = $skill;
// -- course_version/read_inference --
// The ids of the models of inferred levels in effect. Null: inferred levels are off; empty: by choice.
// returns: optional
MATCH (version:CourseVersion {id: 'course'})
RETURN version.concept_inference_id AS concept, version.skill_inference_id AS skill;

// -- course_version/put_inference --
// Put models of inferred levels into effect. Null: inferred levels are off; empty: by choice.
// returns: nothing
// changes: course
MATCH (version:CourseVersion {id: 'course'})
SET version.concept_inference_id = $concept, version.skill_inference_id = $skill;

// -- parameter_set/count --
// Number of parameter sets that fit the filters of a page.
// returns: value
MATCH (stored:ParameterSet)
WHERE ($name IS NULL OR stored.name = $name)
  AND ($origin IS NULL OR stored.origin = $origin)
  AND ($target_kind IS NULL OR stored.target_kind = $target_kind)
  AND ($target IS NULL OR stored.target = $target)
  AND ($run_id IS NULL OR stored.run_id = $run_id)
RETURN count(stored) AS total;

// -- parameter_set/list_page --
// A page of parameter sets that fit the filters by name, newest version first, after one.
// returns: many
MATCH (stored:ParameterSet)
WHERE (stored.name > $after_name OR (stored.name = $after_name AND stored.version < $after_version))
  AND ($name IS NULL OR stored.name = $name)
  AND ($origin IS NULL OR stored.origin = $origin)
  AND ($target_kind IS NULL OR stored.target_kind = $target_kind)
  AND ($target IS NULL OR stored.target = $target)
  AND ($run_id IS NULL OR stored.run_id = $run_id)
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.prior AS prior, stored.learn AS learn,
       stored.guess AS guess, stored.slip AS slip, coalesce(stored.forget, 0.0) AS forget, stored.origin AS origin,
       stored.created_at AS created_at
ORDER BY name, version DESC
LIMIT $limit;

// -- parameter_set/list_by_ids --
// Parameter sets by id.
// returns: many
UNWIND $ids AS id
MATCH (stored:ParameterSet {id: id})
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.prior AS prior, stored.learn AS learn,
       stored.guess AS guess, stored.slip AS slip, coalesce(stored.forget, 0.0) AS forget, stored.origin AS origin,
       stored.created_at AS created_at;

// -- parameter_set/list_newest --
// The newest version of each name.
// returns: many
UNWIND $names AS name
MATCH (stored:ParameterSet {name: name})
WITH name, max(stored.version) AS newest
MATCH (stored:ParameterSet {name: name})
WHERE stored.version = newest
RETURN stored.id AS id, stored.name AS name, stored.version AS version, stored.prior AS prior, stored.learn AS learn,
       stored.guess AS guess, stored.slip AS slip, coalesce(stored.forget, 0.0) AS forget, stored.origin AS origin,
       stored.created_at AS created_at;

// -- parameter_set/list_fits --
// The fit records of sets; sets that were not fitted are left out.
// returns: many
UNWIND $ids AS id
MATCH (stored:ParameterSet {id: id})
WHERE stored.run_id IS NOT NULL
RETURN stored.id AS id, properties(stored) AS fit;

// -- parameter_set/create --
// Store parameter sets; a stored set never changes (B1).
// returns: nothing
// changes: nothing
UNWIND $rows AS row
MERGE (stored:ParameterSet {id: row.id})
ON CREATE SET stored.name = row.name, stored.version = row.version, stored.prior = row.prior, stored.learn = row.learn,
              stored.guess = row.guess, stored.slip = row.slip, stored.forget = row.forget, stored.origin = row.origin,
              stored.created_at = $now;

// -- parameter_set/put_fits --
// Write the fit records of sets, with their metrics on held-out students (B7).
// returns: nothing
// changes: nothing
UNWIND $rows AS row
MATCH (stored:ParameterSet {id: row.id})
SET stored.target_kind = row.target_kind, stored.target = row.target, stored.run_id = row.run_id,
    stored.method = row.method, stored.replaced_set_id = row.replaced_set_id, stored.answers = row.answers,
    stored.students = row.students, stored.log_likelihood_before = row.log_likelihood_before,
    stored.log_likelihood = row.log_likelihood, stored.iterations = row.iterations, stored.converged = row.converged,
    stored.reason = row.reason, stored.standard_errors = row.standard_errors,
    stored.auc_before = row.auc_before, stored.rmse_before = row.rmse_before,
    stored.log_loss_before = row.log_loss_before, stored.accuracy_before = row.accuracy_before,
    stored.auc = row.auc, stored.rmse = row.rmse, stored.log_loss = row.log_loss, stored.accuracy = row.accuracy,
    stored.mastered_correct = row.mastered_correct, stored.calibration_before = row.calibration_before,
    stored.calibration = row.calibration, stored.chance = row.chance, stored.flags = row.flags;

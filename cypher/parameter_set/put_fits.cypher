// Note how fitted sets came about and how they did on held-out students (B7).
// params: rows
// mode: write
// returns: nothing
// columns: -
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
    stored.calibration = row.calibration, stored.chance = row.chance, stored.flags = row.flags

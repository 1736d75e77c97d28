// Versions of the parameters of estimators, jobs that run once however many instances there are, and sessions by status.
CREATE CONSTRAINT policy_set_id IF NOT EXISTS FOR (n:PolicySet) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT job_name IF NOT EXISTS FOR (n:Job) REQUIRE n.name IS UNIQUE;
CREATE INDEX session_status IF NOT EXISTS FOR (n:Session) ON (n.status);
CREATE INDEX run_status IF NOT EXISTS FOR (n:Run) ON (n.status);

// The run ledger, and what lists of parameter sets and runs look up.
CREATE CONSTRAINT run_id IF NOT EXISTS FOR (n:Run) REQUIRE n.id IS UNIQUE;
CREATE INDEX parameter_set_name IF NOT EXISTS FOR (n:ParameterSet) ON (n.name);
CREATE INDEX run_started_at IF NOT EXISTS FOR (n:Run) ON (n.started_at);

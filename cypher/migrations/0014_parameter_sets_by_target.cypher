// What counts the parameter sets that were fitted to a target.
CREATE INDEX parameter_set_target IF NOT EXISTS FOR (n:ParameterSet) ON (n.target);

// Versions of the thresholds of courses and skills.
CREATE CONSTRAINT threshold_set_id IF NOT EXISTS FOR (n:ThresholdSet) REQUIRE n.id IS UNIQUE;
CREATE INDEX threshold_set_scope IF NOT EXISTS FOR (n:ThresholdSet) ON (n.scope_id);
CREATE INDEX threshold_set_newest IF NOT EXISTS FOR (n:ThresholdSet) ON (n.is_newest);

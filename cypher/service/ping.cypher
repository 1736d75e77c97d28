// Whether the database answers.
// params: -
// mode: read
// returns: value
// columns: one
RETURN 1 AS one

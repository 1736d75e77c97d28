// End a session.
// params: id, status, ended_at
// mode: write
// returns: nothing
// columns: -
MATCH (session:Session {id: $id})
SET session.status = $status, session.ended_at = $ended_at

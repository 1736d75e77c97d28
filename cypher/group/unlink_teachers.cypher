// Take all teachers from a group, before they are named anew.
// params: id
// mode: write
// returns: nothing
// columns: -
// about: everybody
MATCH (:Teacher)-[teaches:TEACHES]->(:Group {id: $id})
DELETE teaches

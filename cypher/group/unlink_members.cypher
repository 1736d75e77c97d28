// Take all members out of a group, before they are put in anew.
// params: id
// mode: write
// returns: nothing
// columns: -
// about: everybody
MATCH (:Student)-[membership:MEMBER_OF]->(:Group {id: $id})
DELETE membership

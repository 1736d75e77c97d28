// Lock students until the transaction ends, as touching does; those that are not there stay away.
// params: ids
// mode: write
// returns: nothing
// columns: -
// about: everybody
UNWIND $ids AS id
MATCH (student:Student {id: id})
SET student.revision = coalesce(student.revision, 0) + 1

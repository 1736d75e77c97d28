// How many students the graph holds, for the smallest group that an analyst may read about.
// params: -
// mode: read
// returns: one
// columns: total
// about: named everybody
MATCH (student:Student)
RETURN count(student) AS total

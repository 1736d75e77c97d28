// Which of some keyed hashes are those of erased ids.
// params: hashes
// mode: read
// returns: many
// columns: hash
UNWIND $hashes AS hash
MATCH (erasure:Erasure {hash: hash})
RETURN erasure.hash AS hash

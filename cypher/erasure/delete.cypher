// Remove erasures: an administrator registers these students again.
// params: hashes
// mode: write
// returns: nothing
// columns: -
UNWIND $hashes AS hash
MATCH (erasure:Erasure {hash: hash})
DELETE erasure

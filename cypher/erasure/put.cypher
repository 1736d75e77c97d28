// Store which ids are erased, as keyed hashes; one that is stored keeps its time (G6).
// params: hashes, now
// mode: write
// returns: nothing
// columns: -
UNWIND $hashes AS hash
MERGE (erasure:Erasure {hash: hash})
ON CREATE SET erasure.at = $now

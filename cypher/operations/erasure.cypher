// -- erasure/list --
// Those of some keyed hashes that belong to erased ids.
// returns: many
UNWIND $hashes AS hash
MATCH (erasure:Erasure {hash: hash})
RETURN erasure.hash AS hash;

// -- erasure/read_key --
// The key of the hashes of erased ids; missing before the first erasure.
// returns: optional
MATCH (key:ErasureKey {id: 'erasure'})
RETURN key.secret AS secret;

// -- erasure/put_key --
// The key of the hashes of erased ids; the first call stores its own.
// returns: value
// changes: nothing
MERGE (key:ErasureKey {id: 'erasure'})
ON CREATE SET key.secret = $secret, key.mark = $mark
RETURN key.secret AS secret;

// -- erasure/put --
// Store erased ids as keyed hashes; a stored hash keeps its time (G6).
// returns: nothing
// changes: nothing
UNWIND $hashes AS hash
MERGE (erasure:Erasure {hash: hash})
ON CREATE SET erasure.at = $now;

// -- erasure/delete --
// Remove erasures: an administrator registers these students again.
// returns: nothing
// changes: nothing
UNWIND $hashes AS hash
MATCH (erasure:Erasure {hash: hash})
DELETE erasure;

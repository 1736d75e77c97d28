// -- erasure/list --
// Which of some keyed hashes are those of erased ids.
// returns: many
UNWIND $hashes AS hash
MATCH (erasure:Erasure {hash: hash})
RETURN erasure.hash AS hash;

// -- erasure/read_key --
// The key that hashes of erased ids are made with, if anyone was erased yet.
// returns: optional
MATCH (key:ErasureKey {id: 'erasure'})
RETURN key.secret AS secret;

// -- erasure/put_key --
// The key that hashes of erased ids are made with; the first call stores the one it brings.
// returns: value
MERGE (key:ErasureKey {id: 'erasure'})
ON CREATE SET key.secret = $secret, key.mark = $mark
RETURN key.secret AS secret;

// -- erasure/put --
// Store which ids are erased, as keyed hashes; one that is stored keeps its time (G6).
// returns: nothing
UNWIND $hashes AS hash
MERGE (erasure:Erasure {hash: hash})
ON CREATE SET erasure.at = $now;

// -- erasure/delete --
// Remove erasures: an administrator registers these students again.
// returns: nothing
UNWIND $hashes AS hash
MATCH (erasure:Erasure {hash: hash})
DELETE erasure;

// The key that hashes of erased ids are made with; the first call stores the one it brings.
// params: secret, mark
// mode: write
// returns: value
// columns: secret
MERGE (key:ErasureKey {id: 'erasure'})
ON CREATE SET key.secret = $secret, key.mark = $mark
RETURN key.secret AS secret

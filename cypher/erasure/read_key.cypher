// The key that hashes of erased ids are made with, if anyone was erased yet.
// params: -
// mode: read
// returns: optional
// columns: secret
MATCH (key:ErasureKey {id: 'erasure'})
RETURN key.secret AS secret

// Who was erased, as keyed hashes, and the key they are made with.
CREATE CONSTRAINT erasure_hash IF NOT EXISTS FOR (n:Erasure) REQUIRE n.hash IS UNIQUE;
CREATE CONSTRAINT erasure_key_id IF NOT EXISTS FOR (n:ErasureKey) REQUIRE n.id IS UNIQUE;

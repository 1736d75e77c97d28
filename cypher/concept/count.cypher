// How many concepts a page is taken from.
// params: skill_code, search
// mode: read
// returns: value
// columns: total
MATCH (concept:Concept)
WHERE ($search IS NULL OR concept.search CONTAINS $search)
  AND ($skill_code IS NULL OR EXISTS { (concept)-[:PART_OF]->(:Skill {code: $skill_code}) })
RETURN count(concept) AS total

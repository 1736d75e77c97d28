// Create skills or write what is stored of them, all of it (G1).
// params: rows, now
// mode: write
// returns: nothing
// columns: -
UNWIND $rows AS row
MERGE (skill:Skill {code: row.code})
ON CREATE SET skill.created_at = $now
SET skill.name = row.name, skill.category = row.category, skill.level = row.level,
    skill.description = row.description, skill.block = row.block, skill.year = row.year,
    skill.named_set_id = row.named_set_id,
    skill.search = toLower(row.code + ' ' + row.name)

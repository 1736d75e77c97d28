// One DataLoader for each kind of object, new for each request.
import DataLoader from "dataloader";
import { read } from "./database.js";

const CONCEPT = `concept.id AS id, concept.name AS name,
  COLLECT { MATCH (concept)-[:PART_OF]->(skill:Skill) RETURN skill.code ORDER BY skill.code } AS skillCodes,
  COLLECT { MATCH (before:Concept)-[:PREREQUISITE_OF]->(concept) RETURN before.id ORDER BY before.id } AS prerequisiteIds`;

export const CONCEPT_PAGE = `MATCH (concept:Concept) WITH concept ORDER BY concept.id LIMIT $first RETURN ${CONCEPT} ORDER BY id`;

export const GROUP = `group.id AS id, group.name AS name, COUNT { (:Student)-[:MEMBER_OF]->(group) } AS size,
  COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teacherIds`;

const STUDENT = `student.id AS id, student.name AS name`;
const PRACTICE = `UNWIND $keys AS id MATCH (student:Student {id: id})
  RETURN id,
    COLLECT { MATCH (student)-[:MEMBER_OF]->(group:Group) RETURN group.id ORDER BY group.id } AS groupIds,
    COUNT { MATCH (student)-[answer:ANSWERED]->() WHERE answer.position = 0 } AS attempts`;

/** A loader of one row per key; `statement` reads the rows of all $keys. */
const one = (statement, key) =>
  new DataLoader(async (keys) => {
    const rows = new Map((await read(statement, { keys })).map((row) => [row[key], row]));
    return keys.map((each) => rows.get(each) ?? null);
  });

const masteriesOf = (label, key, kind) =>
  new DataLoader(async (keys) => {
    const rows = await read(
      `UNWIND $keys AS id MATCH (:Student {id: id})-[mastery:HAS_MASTERY]->(target:${label})
       RETURN id AS studentId, target.${key} AS key, mastery.level AS level, mastery.attempts AS attempts,
         toString(mastery.last_practiced_at) AS lastPracticedAt`,
      { keys },
    );
    const lists = new Map(keys.map((id) => [id, []]));
    for (const row of rows) lists.get(row.studentId).push({ ...row, kind });
    for (const list of lists.values()) list.sort((one, other) => (one.key < other.key ? -1 : 1));
    return keys.map((id) => lists.get(id));
  });

export const createContext = () => ({
  concepts: one(`UNWIND $keys AS id MATCH (concept:Concept {id: id}) RETURN ${CONCEPT}`, "id"),
  groups: one(`UNWIND $keys AS id MATCH (group:Group {id: id}) RETURN ${GROUP}`, "id"),
  practice: one(PRACTICE, "id"),
  skills: one("UNWIND $keys AS code MATCH (skill:Skill {code: code}) RETURN skill.code AS code, skill.name AS name", "code"),
  students: one(`UNWIND $keys AS id MATCH (student:Student {id: id}) RETURN ${STUDENT}`, "id"),
  CONCEPT: masteriesOf("Concept", "id", "CONCEPT"),
  SKILL: masteriesOf("Skill", "code", "SKILL"),
});

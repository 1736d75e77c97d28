// The levels of a class as a matrix, and the root causes of its weak concepts.
import { read } from "./database.js";

const WEAK_LEVEL = 0.5;
const WEAK_ATTEMPTS = 5;
const LABELS = { CONCEPT: ["Concept", "id"], SKILL: ["Skill", "code"] };
const COURSE_KEYS = {
  CONCEPT: `MATCH (:Group {id: $id})-[:TAKES]->(:Course)<-[:IN_COURSE]-(:Skill)<-[:PART_OF]-(target:Concept)
    RETURN DISTINCT target.id AS key ORDER BY key`,
  SKILL: `MATCH (:Group {id: $id})-[:TAKES]->(:Course)<-[:IN_COURSE]-(target:Skill)
    RETURN DISTINCT target.code AS key ORDER BY key`,
};

export const rounded = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

/** The keys of the targets of a group's courses, else of all targets. */
export async function readKeys(groupId, kind) {
  const [label, key] = LABELS[kind];
  const ofCourses = await read(COURSE_KEYS[kind], { id: groupId });
  const rows = ofCourses.length ? ofCourses : await read(`MATCH (target:${label}) RETURN target.${key} AS key ORDER BY key`);
  return rows.map((row) => row.key);
}

/** A row per student in order of id, a column per key; level null and no attempts without answers. */
export async function readClassLevels(groupId, kind) {
  const [label, key] = LABELS[kind];
  const [keys, rows] = await Promise.all([
    readKeys(groupId, kind),
    read(
      `MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
       OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(target:${label})
       RETURN student.id AS id, collect(target.${key}) AS keys, collect(mastery.level) AS levels,
         collect(mastery.attempts) AS attempts`,
      { id: groupId },
    ),
  ]);
  rows.sort((one, other) => (one.id < other.id ? -1 : 1));
  const places = new Map(keys.map((each, place) => [each, place]));
  const students = rows.map((row) => {
    const levels = new Array(keys.length).fill(null);
    const attempts = new Array(keys.length).fill(0);
    row.keys.forEach((each, index) => {
      const place = places.get(each);
      if (place === undefined) return;
      levels[place] = row.levels[index];
      attempts[place] = row.attempts[index];
    });
    return { id: row.id, levels, attempts };
  });
  return { keys, students };
}

/** For each concept, the places of all that come before it, and of all that come after it. */
async function readOrder(keys) {
  const places = new Map(keys.map((each, place) => [each, place]));
  const direct = keys.map(() => []);
  for (const link of await read("MATCH (one:Concept)-[:PREREQUISITE_OF]->(next:Concept) RETURN one.id AS one, next.id AS next")) {
    if (places.has(link.one) && places.has(link.next)) direct[places.get(link.next)].push(places.get(link.one));
  }
  const ancestors = new Array(keys.length);
  const find = (place) => {
    ancestors[place] ??= new Set(direct[place].flatMap((before) => [before, ...find(before)]));
    return ancestors[place];
  };
  const descendants = keys.map(() => []);
  keys.forEach((_, place) => find(place).forEach((before) => descendants[before].push(place)));
  return { ancestors, descendants };
}

const deficitsOf = ({ levels, attempts }) =>
  levels.map((level, place) => (attempts[place] >= WEAK_ATTEMPTS && level < WEAK_LEVEL ? WEAK_LEVEL - level : 0));

/** The causes of one student: the place, the score, and the weak concepts that it blocks. */
function causesOf(deficits, { ancestors, descendants }) {
  const causes = [];
  deficits.forEach((deficit, place) => {
    if (!deficit || [...ancestors[place]].some((before) => deficits[before])) return;
    const blocks = descendants[place].filter((after) => deficits[after]);
    causes.push({ place, blocks, score: blocks.reduce((sum, after) => sum + deficits[after], 0) });
  });
  return causes;
}

/** The root causes of a class: those that block most students first. */
export async function findSharedCauses(groupId, first) {
  const { keys, students } = await readClassLevels(groupId, "CONCEPT");
  const order = await readOrder(keys);
  const shared = keys.map((conceptId, place) => ({
    conceptId, place, score: 0, students: 0, studentsBlocked: 0, studentsWeak: 0, blockIds: new Set(),
  }));
  for (const student of students) {
    const deficits = deficitsOf(student);
    deficits.forEach((deficit, place) => (shared[place].studentsWeak += deficit > 0 ? 1 : 0));
    for (const { place, blocks, score } of causesOf(deficits, order)) {
      shared[place].students += 1;
      shared[place].studentsBlocked += blocks.length > 0 ? 1 : 0;
      shared[place].score += score;
      blocks.forEach((block) => shared[place].blockIds.add(keys[block]));
    }
  }
  const causes = shared
    .filter((cause) => cause.students)
    .sort(
      (one, other) =>
        other.studentsBlocked - one.studentsBlocked || other.students - one.students ||
        rounded(other.score, 4) - rounded(one.score, 4) || one.place - other.place,
    );
  return {
    students: students.length,
    causes: causes.slice(0, first).map((cause) => ({ ...cause, blockIds: [...cause.blockIds].sort() })),
  };
}

/** The root causes of one student, from the masteries of concepts: the largest score first. */
export async function findOwnCauses(masteries, keys, first) {
  const rows = new Map(masteries.map((row) => [row.key, row]));
  const levels = keys.map((key) => rows.get(key)?.level ?? null);
  const attempts = keys.map((key) => rows.get(key)?.attempts ?? 0);
  const causes = causesOf(deficitsOf({ levels, attempts }), await readOrder(keys));
  causes.sort((one, other) => rounded(other.score, 12) - rounded(one.score, 12) || one.place - other.place);
  return {
    students: 1,
    causes: causes.slice(0, first).map(({ place, score, blocks }) => ({
      conceptId: keys[place], score, blockIds: blocks.map((block) => keys[block]),
    })),
  };
}

// Hand-written resolvers, with a DataLoader for each kind of object.
import { GraphQLScalarType } from "graphql";
import { findOwnCauses, findSharedCauses, readClassLevels, readKeys, rounded } from "./class_levels.js";
import { read, whole } from "./database.js";
import { CONCEPT_PAGE, GROUP } from "./loaders.js";
import { readActivity, readSeries } from "./trends.js";

const STATUSES = ["NOT_STARTED", "NEEDS_FOCUS", "LEARNING", "MASTERED"];
const MASTERED = 0.95;
const FOCUS = 0.4;
const ANSWER_PAGE = `MATCH (:Student {id: $id})-[answer:ANSWERED]->()
  WHERE answer.position = 0 AND ($at IS NULL OR answer.at < datetime($at) OR (answer.at = datetime($at) AND answer.id < $answerId))
  WITH answer ORDER BY answer.at DESC, answer.id DESC LIMIT $limit
  RETURN answer.id AS id, toString(answer.at) AS at, answer.correct AS correct, answer.difficulty AS difficulty,
    answer.concept_ids AS conceptIds, answer.skill_codes AS skillCodes`;
const MEMBERS = `MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
  RETURN student.id AS id, student.name AS name ORDER BY name, id LIMIT $first`;
const OF_SKILL = `MATCH (:Group {id: $groupId})<-[:MEMBER_OF]-(student:Student)-[mastery:HAS_MASTERY]->(:Skill {code: $code})
  RETURN student.id AS studentId, student.name AS name, mastery.level AS level, mastery.attempts AS attempts
  ORDER BY level, studentId`;
const LEVELS_OF_SKILL = `MATCH (:Group {id: $groupId})<-[:MEMBER_OF]-(student:Student)
  OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(:Skill {code: $code})
  RETURN coalesce(mastery.level, 0.0) AS level, coalesce(mastery.attempts, 0) AS attempts`;

const scalar = (name) => new GraphQLScalarType({ name, serialize: (value) => value });
const statusOf = ({ level, attempts }) =>
  attempts < 1 ? "NOT_STARTED" : level >= MASTERED ? "MASTERED" : level < FOCUS ? "NEEDS_FOCUS" : "LEARNING";
const encode = (key) => Buffer.from(JSON.stringify(key)).toString("base64url");
const decode = (cursor) => JSON.parse(Buffer.from(cursor, "base64url").toString());
const page = (rows, first, keyOf) => {
  const nodes = rows.slice(0, first);
  return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor: nodes.length ? encode(keyOf(nodes.at(-1))) : null } };
};
const conceptsOf = (mastery, context) => (mastery.kind === "CONCEPT" ? context.concepts.load(mastery.key) : null);
const skillsOf = (mastery, context) => (mastery.kind === "SKILL" ? context.skills.load(mastery.key) : null);
const allMasteries = async (id, context) => (await Promise.all([context.CONCEPT.load(id), context.SKILL.load(id)])).flat();

export const resolvers = {
  CountMatrix: scalar("CountMatrix"),
  Date: scalar("Date"),
  DateTime: scalar("DateTime"),
  LevelMatrix: scalar("LevelMatrix"),
  Query: {
    concepts: async (_, { first }, context) => {
      const nodes = await read(CONCEPT_PAGE, { first: whole(first) });
      for (const node of nodes) context.concepts.prime(node.id, node);
      return { nodes };
    },
    group: (_, { id }, context) => context.groups.load(id),
    groups: async (_, { first, after }) => {
      const start = after ? decode(after)[0] : "";
      const rows = await read(
        `MATCH (group:Group) WHERE group.id > $start WITH group ORDER BY group.id LIMIT $limit RETURN ${GROUP} ORDER BY id`,
        { start, limit: whole(first + 1) },
      );
      return page(rows, first, (row) => [row.id]);
    },
    skill: (_, { code }, context) => context.skills.load(code),
    student: (_, { id }, context) => context.students.load(id),
  },
  Target: { __resolveType: (target) => (target.code === undefined ? "Concept" : "Skill") },
  Concept: {
    kind: () => "CONCEPT",
    prerequisites: (concept, _, context) => context.concepts.loadMany(concept.prerequisiteIds),
    skills: (concept, _, context) => context.skills.loadMany(concept.skillCodes),
  },
  Skill: {
    id: (skill) => skill.code,
    kind: () => "SKILL",
    masteries: async ({ code }, { groupId, first }) => {
      const rows = await read(OF_SKILL, { groupId, code });
      const nodes = rows.slice(0, first).map((row) => ({ ...row, kind: "SKILL", key: code, student: { id: row.studentId, name: row.name } }));
      return { nodes, totalCount: rows.length };
    },
    statusCounts: async ({ code }, { groupId }) => {
      const counts = new Map(STATUSES.map((status) => [status, 0]));
      const rows = await read(LEVELS_OF_SKILL, { groupId, code });
      for (const row of rows) counts.set(statusOf(row), counts.get(statusOf(row)) + 1);
      return STATUSES.map((status) => ({ status, count: counts.get(status), share: counts.get(status) / rows.length }));
    },
  },
  Mastery: {
    status: statusOf,
    concept: (mastery, _, context) => conceptsOf(mastery, context),
    skill: (mastery, _, context) => skillsOf(mastery, context),
    target: (mastery, _, context) => conceptsOf(mastery, context) ?? skillsOf(mastery, context),
    student: (mastery, _, context) => mastery.student ?? context.students.load(mastery.studentId),
  },
  Student: {
    attempts: async ({ id }, _, context) => (await context.practice.load(id)).attempts,
    groups: async ({ id }, _, context) => context.groups.loadMany((await context.practice.load(id)).groupIds),
    lastPracticedAt: async ({ id }, _, context) =>
      (await allMasteries(id, context))
        .map((row) => row.lastPracticedAt)
        .reduce((latest, at) => (latest === null || Date.parse(at) > Date.parse(latest) ? at : latest), null),
    meanLevel: async ({ id }, { kind }, context) => {
      const rows = await context[kind].load(id);
      return rows.length ? rounded(rows.reduce((sum, row) => sum + row.level, 0) / rows.length, 4) : null;
    },
    masteries: async ({ id }, { kind, orderBy, first }, context) => {
      const rows = kind ? await context[kind].load(id) : await allMasteries(id, context);
      const ordered = orderBy === "LEVEL_ASC" ? rows.toSorted((one, other) => one.level - other.level) : rows;
      return { nodes: ordered.slice(0, first), totalCount: rows.length };
    },
    answers: async ({ id }, { first, after }) => {
      const [at, answerId] = after ? decode(after) : [null, null];
      const rows = await read(ANSWER_PAGE, { id, at, answerId, limit: whole(first + 1) });
      return page(rows, first, (row) => [row.at, row.id]);
    },
    rootCauses: async ({ id }, { first }, context) => {
      const [rows, { groupIds }] = await Promise.all([context.CONCEPT.load(id), context.practice.load(id)]);
      return findOwnCauses(rows, await readKeys(groupIds[0] ?? "", "CONCEPT"), first);
    },
  },
  Group: {
    activity: ({ id }, window) => readActivity(id, window),
    heatmap: async ({ id }, { kind }) => {
      const { keys, students } = await readClassLevels(id, kind);
      return {
        studentIds: students.map((student) => student.id),
        targetIds: keys,
        levels: students.map(({ levels }) => levels.map((level) => (level === null ? null : rounded(level, 4)))),
        attempts: students.map(({ attempts }) => attempts),
      };
    },
    members: async ({ id }, { first }) => ({ nodes: await read(MEMBERS, { id, first: whole(first) }) }),
    rootCauses: ({ id }, { first }) => findSharedCauses(id, first),
    series: ({ id }, window) => readSeries(id, window),
  },
  GroupConnection: {
    totalCount: async () => (await read("MATCH (group:Group) RETURN count(group) AS total"))[0].total,
  },
  RootCause: {
    concept: ({ conceptId }, _, context) => context.concepts.load(conceptId),
    blocks: ({ blockIds }, _, context) => context.concepts.loadMany(blockIds),
  },
};

// An invented learning management system (LMS): courses, enrolments, and names that it shows for students.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";

export const LMS = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

type Query {
  course(id: ID!): Course
  courses(first: Int = 50): CourseConnection!
  node(id: ID!): Node
}

interface Node {
  id: ID!
}

type Course implements Node @key(fields: "id") {
  id: ID!
  title: String!
  students: [Student]!
  skills: [Skill]!
}

type CourseConnection {
  nodes: [Course!]!
  pageInfo: PageInfo!
}

type PageInfo @shareable {
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
  endCursor: String
}

type Student @key(fields: "id") {
  id: ID!
  displayName: String!
  courses: [Course!]!
}

type Skill @key(fields: "id") {
  id: ID!
  courses: [Course!]!
}

type Group @key(fields: "id") {
  id: ID!
  room: String
}

type Concept @key(fields: "id") {
  id: ID!
  videos: [String!]!
}

type Session @key(fields: "id") {
  id: ID!
  device: String
}

type Mastery @key(fields: "id") {
  id: ID!
  certificate: String
}
`;

interface Reference {
  id: string;
}

const reference = (id: string): Reference => ({ id });
const course = { id: "german", title: "German", students: ["anna", "ben", "unknown"].map(reference) };
const page = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };

/** Start the service; `tokens` collects the tokens that it gets. */
export async function serveLms(skillCode: string, tokens: Set<string>): Promise<string> {
  const german = { ...course, skills: [reference(skillCode)] };
  const schema = buildSubgraphSchema({
    typeDefs: parse(LMS),
    resolvers: {
      Query: {
        course: (_: unknown, { id }: Reference) => (id === german.id ? german : null),
        courses: () => ({ nodes: [german], pageInfo: page }),
      },
      Student: { displayName: ({ id }: Reference) => `Student ${id}`, courses: () => [german] },
      Skill: { courses: () => [german] },
      Group: { room: ({ id }: Reference) => `room of ${id}` },
      Concept: { videos: ({ id }: Reference) => [`${id}.webm`] },
      Session: { device: () => "tablet" },
      Mastery: { certificate: ({ id }: Reference) => `certificate ${id}` },
    },
  });
  const { url } = await startStandaloneServer(new ApolloServer({ schema }), {
    listen: { port: 0, host: "127.0.0.1" },
    context: async ({ req }) => {
      tokens.add(req.headers.authorization ?? "");
      return {};
    },
  });
  return url;
}

// An invented learning management system (LMS): enrolments in courses, lessons, and names that it shows for students.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";

export const LMS = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

type Query {
  enrolments(courseId: ID!): EnrolmentConnection!
  node(id: ID!): Node
}

interface Node {
  id: ID!
}

type Course @key(fields: "id") {
  id: ID!
  title: String!
  enrolled: [Student]!
}

type Enrolment implements Node @key(fields: "id") {
  id: ID!
  course: Course
  student: Student
}

type EnrolmentConnection {
  nodes: [Enrolment!]!
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
  enrolments: [Enrolment!]!
}

type Skill @key(fields: "id") {
  id: ID!
  lessons: [String!]!
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
const students = ["anna", "ben", "unknown"].map(reference);
const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
const enrolment = (course: Reference, student: Reference) => ({ id: `${course.id}-${student.id}`, course, student });

/** Start the service; `tokens` collects the tokens that it gets. */
export async function serveLms(tokens: Set<string>): Promise<string> {
  const schema = buildSubgraphSchema({
    typeDefs: parse(LMS),
    resolvers: {
      Query: {
        enrolments: (_: unknown, { courseId }: { courseId: string }) => ({
          nodes: students.map((each) => enrolment(reference(courseId), each)),
          pageInfo,
        }),
      },
      Course: { title: ({ id }: Reference) => `Course ${id}`, enrolled: () => students },
      Student: {
        displayName: ({ id }: Reference) => `Student ${id}`,
        enrolments: (student: Reference) => [enrolment(reference("german"), student)],
      },
      Skill: { lessons: ({ id }: Reference) => [`lesson on ${id}`] },
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

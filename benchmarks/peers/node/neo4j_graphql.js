// @neo4j/graphql: the schema is generated from the types, and each request becomes one statement.
import { createServer } from "node:http";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import { driver, listening } from "./database.js";

const typeDefs = /* GraphQL */ `
  type Group @node {
    id: ID!
    name: String!
    members: [Student!]! @relationship(type: "MEMBER_OF", direction: IN)
    teachers: [Teacher!]! @relationship(type: "TEACHES", direction: IN)
  }
  type Teacher @node {
    id: ID!
  }
  type Student @node {
    id: ID!
    name: String!
    masteredConcepts: [Concept!]! @relationship(type: "HAS_MASTERY", direction: OUT, properties: "Mastery")
    masteredSkills: [Skill!]! @relationship(type: "HAS_MASTERY", direction: OUT, properties: "Mastery")
    answeredConcepts: [Concept!]! @relationship(type: "ANSWERED", direction: OUT, properties: "Answer")
  }
  type Mastery @relationshipProperties {
    level: Float!
    attempts: Int!
  }
  type Answer @relationshipProperties {
    id: ID!
    position: Int!
    at: DateTime!
    correct: Boolean!
    difficulty: String
    conceptIds: [String!]! @alias(property: "concept_ids")
    skillCodes: [String!]! @alias(property: "skill_codes")
  }
  type Concept @node {
    id: ID!
    name: String!
    skills: [Skill!]! @relationship(type: "PART_OF", direction: OUT)
    prerequisites: [Concept!]! @relationship(type: "PREREQUISITE_OF", direction: IN)
  }
  type Skill @node {
    code: ID!
    name: String!
  }
`;

const { DATABASE_NAME } = process.env;
const yoga = createYoga({
  schema: await new Neo4jGraphQL({ typeDefs, driver }).getSchema(),
  context: () => ({ sessionConfig: { database: DATABASE_NAME, defaultAccessMode: "READ" } }),
  graphiql: false,
  maskedErrors: false, // the benchmark names a question that it cannot serve, with the reason
  landingPage: false,
  logging: false,
});
createServer(yoga).listen(listening);

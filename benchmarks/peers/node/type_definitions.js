// The part of schema.graphql that the questions of benchmarks/reads.py need.
export const typeDefs = /* GraphQL */ `
  scalar CountMatrix
  scalar Date
  scalar DateTime
  scalar LevelMatrix

  enum Difficulty { EASY MEDIUM HARD }
  enum MasteryOrder { TARGET LEVEL_ASC }
  enum MasteryStatus { NOT_STARTED NEEDS_FOCUS LEARNING MASTERED }
  enum Period { WEEK }
  enum StudentMasteryOrder { STUDENT_ASC LEVEL_ASC }
  enum TargetKind { CONCEPT SKILL }

  interface Target { id: ID! name: String! kind: TargetKind! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type StatusCount { status: MasteryStatus! count: Int! share: Float! }

  type Skill implements Target {
    id: ID! code: ID! name: String! kind: TargetKind!
    statusCounts(groupId: ID!): [StatusCount!]!
    masteries(groupId: ID!, orderBy: StudentMasteryOrder! = STUDENT_ASC, first: Int! = 50): MasteryConnection!
  }
  type Concept implements Target {
    id: ID! name: String! kind: TargetKind! skills: [Skill!]! prerequisites: [Concept!]!
  }
  type ConceptConnection { nodes: [Concept!]! }

  type Mastery {
    kind: TargetKind! level: Float! status: MasteryStatus! attempts: Int!
    target: Target concept: Concept skill: Skill student: Student
  }
  type MasteryConnection { nodes: [Mastery!]! totalCount: Int! }

  type Answer {
    id: ID! at: DateTime! correct: Boolean! difficulty: Difficulty conceptIds: [ID!]! skillCodes: [ID!]!
  }
  type AnswerConnection { nodes: [Answer!]! pageInfo: PageInfo! }

  type RootCause {
    conceptId: ID! score: Float! students: Int studentsBlocked: Int studentsWeak: Int
    concept: Concept blocks: [Concept!]!
  }
  type RootCauses { students: Int! causes: [RootCause!]! }

  type Student {
    id: ID! name: String! lastPracticedAt: DateTime attempts: Int! meanLevel(kind: TargetKind! = SKILL): Float groups: [Group!]!
    masteries(kind: TargetKind, orderBy: MasteryOrder! = TARGET, first: Int! = 50): MasteryConnection!
    answers(first: Int! = 50, after: String): AnswerConnection!
    rootCauses(first: Int! = 10): RootCauses!
  }
  type StudentConnection { nodes: [Student!]! }

  type HeatMap { studentIds: [ID!]! targetIds: [ID!]! levels: LevelMatrix! attempts: CountMatrix! }
  type ClassPoint { meanLevel: Float coverage: Float }
  type ClassSeries { days: [Date!]! points: [ClassPoint!]! }
  type ActivityPoint { day: Date! students: Int! answers: Int! correct: Int! timeOnTask: Float! }
  type Activity { points: [ActivityPoint!]! }

  type Group {
    id: ID! name: String! size: Int! teacherIds: [ID!]!
    members(first: Int! = 50): StudentConnection!
    heatmap(kind: TargetKind! = SKILL): HeatMap!
    rootCauses(first: Int! = 10): RootCauses!
    series(kind: TargetKind! = SKILL, by: Period!, since: DateTime!, until: DateTime!): ClassSeries!
    activity(by: Period!, since: DateTime!, until: DateTime!): Activity!
  }
  type GroupConnection { nodes: [Group!]! totalCount: Int! pageInfo: PageInfo! }

  type Query {
    concepts(first: Int! = 50): ConceptConnection!
    group(id: ID!): Group
    groups(first: Int! = 50, after: String): GroupConnection!
    skill(code: ID!): Skill
    student(id: ID!): Student
  }
`;

// A gateway over the service and an LMS: tsx federation/main.ts URL SERVICE_TOKEN STUDENT_TOKEN
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { serveGateway } from "./gateway";
import { LMS, serveLms } from "./lms";
import { compose } from "./supergraph";

const [url, service, student] = process.argv.slice(2) as [string, string, string];

type Reply = { data?: any; errors?: { message: string; extensions: { code: string; field?: string } }[] };

async function post(to: string, token: string, query: string, variables: object = {}): Promise<Reply> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const reply = await fetch(to, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  return (await reply.json()) as Reply;
}

const { data } = await post(url, service, `{ _service { sdl } skills(first: 1) { nodes { code name } } }`);
const skill = data.skills.nodes[0];
const tokens = new Set<string>();
const lms = await serveLms(tokens);
const supergraph = compose([
  { name: "learners", url, sdl: data._service.sdl },
  { name: "lms", url: lms, sdl: LMS },
]);
const gateway = await serveGateway(supergraph);
console.log("supergraph from _service: passed");

const ACROSS = `query($id: ID!) {
  student(id: $id) {
    name displayName
    enrolments { course { id title name } }
    masteries(first: 3) { nodes { id level certificate skill { name lessons } } }
  }
  enrolments(courseId: "german") { nodes { id student { id displayName name } } pageInfo { hasNextPage } }
}`;
const own = await post(gateway, student, ACROSS, { id: "anna" });
assert.equal(own.errors, undefined, JSON.stringify(own.errors));
const { name, displayName, masteries, enrolments } = own.data.student;
assert.deepEqual([name, displayName], ["Anna", "Student anna"]);
assert.deepEqual(enrolments[0].course, { id: "german", title: "Course german", name: "German" });
assert.equal(masteries.nodes.length, 2);
for (const { id, certificate } of masteries.nodes) assert.equal(certificate, `certificate ${id}`);
assert.deepEqual(masteries.nodes[1].skill.lessons, [`lesson on ${skill.code}`]);
const [me, other, unknown] = own.data.enrolments.nodes.map((each: { student: unknown }) => each.student);
assert.equal(me.name, name);
assert.deepEqual([other, unknown], [null, null], "a hidden student looks like a missing one");
assert.deepEqual([...tokens], [`Bearer ${student}`]);
console.log("a query across both services, as a student: passed");

const all = await post(gateway, service, ACROSS, { id: "ben" });
assert.equal(all.errors, undefined, JSON.stringify(all.errors));
const seen = all.data.enrolments.nodes.map((each: { student: { id: string } | null }) => each.student?.id);
assert.deepEqual(seen, ["anna", "ben", undefined]);
console.log("the same as the service: passed");

const RECORD = `mutation($input: AnswerInput!) { recordAnswer(input: $input) {
  ... on RecordAnswerPayload { answer { student { id name displayName } } } ... on Failure { code } } }`;
const input = { studentId: "anna", skillCodes: [skill.code], correct: true, id: randomUUID() };
const recorded = await post(gateway, student, RECORD, { input });
assert.equal(recorded.errors, undefined, JSON.stringify(recorded.errors));
assert.equal(recorded.data.recordAnswer.answer.student.displayName, "Student anna");
console.log("a mutation with fields of the other service: passed");

const refused = await post(gateway, student, `{ students(first: 1) { nodes { id displayName } } }`);
assert.equal(refused.errors?.[0]?.extensions.field, "Query.students", JSON.stringify(refused));
const large = `{ ${Array.from({ length: 12 }, (_, n) => `a${n}: rootCauses { rule }`).join(" ")} }`;
assert.equal((await post(gateway, service, large)).errors?.[0]?.extensions.code, "QUERY_TOO_LARGE");
assert.equal((await post(gateway, "invalid", ACROSS, { id: "anna" })).data?.student ?? null, null);
console.log("access and limits of the service through the gateway: passed");

const { __schema } = (await post(gateway, service, `{ __schema { subscriptionType { name } } }`)).data;
assert.equal(__schema.subscriptionType, null);
console.log("subscriptions stay at the service: passed");
process.exit(0);

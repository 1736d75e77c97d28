// Composes a subgraph alone and with the LMS: tsx federation/compose.ts FILE
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { LMS } from "./lms";
import { compose } from "./supergraph";

const learners = { name: "learners", url: "http://learners.example/graphql", sdl: readFileSync(process.argv[2]!, "utf8") };
const lms = { name: "lms", url: "http://lms.example/graphql", sdl: LMS };

assert.match(compose([learners]), /LEARNERS @join__graph\(name: "learners"/);
const supergraph = compose([learners, lms]);
for (const name of ["Course", "Student", "Skill", "Concept", "Group", "Session", "Mastery"]) {
  const definition = new RegExp(`^type ${name}\\b[^{]*`, "m").exec(supergraph)?.[0] ?? "";
  for (const graph of ["LEARNERS", "LMS"])
    assert.match(definition, new RegExp(`@join__type\\(graph: ${graph}, key: "id"`), `${name} in ${graph}`);
}
assert.doesNotMatch(supergraph, /^type Subscription/m);
console.log("alone and with another service: composed");

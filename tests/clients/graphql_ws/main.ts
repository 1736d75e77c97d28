// A subscription that outlives the service: tsx graphql_ws/main.ts URL TOKEN STUDENT; writes one line an event.
import { createSocket } from "./client";

const [url, token, studentId] = process.argv.slice(2) as [string, string, string];
const socket = createSocket(url, () => token);
socket.on("connected", () => console.log("connected"));
socket.on("closed", (event) => console.log(`closed ${(event as { code: number }).code}`));
const query = "subscription($studentId: ID!) { masteryChanged(studentId: $studentId) { kind level attempts } }";
socket.subscribe<{ masteryChanged: { kind: string; attempts: number } }>(
  { query, variables: { studentId } },
  {
    next: ({ data, errors }) => console.log(errors ? `errors ${JSON.stringify(errors)}` : `next ${data!.masteryChanged.kind} ${data!.masteryChanged.attempts}`),
    error: (problem) => { console.log(`error ${(problem as { code?: number }).code ?? JSON.stringify(problem)}`); process.exit(1); },
    complete: () => { console.log("complete"); process.exit(0); },
  },
);

// The GraphQL over HTTP audits of the reference implementation, against a running service: node audit.mjs URL
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2], fetchFn: fetch });
const failed = results.filter((result) => result.status !== "ok");
for (const { status, id, name, reason } of failed) console.log(`${status} ${id} ${name}: ${reason ?? ""}`);
console.log(`${results.length - failed.length} of ${results.length} audits`);
process.exit(failed.some(({ status }) => status === "error") ? 1 : 0);

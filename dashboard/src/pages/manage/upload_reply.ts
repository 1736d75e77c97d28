/** Replies of `POST /imports/answers` and the output of its run. They are JSON beside GraphQL: nothing generates their types. */
import { request } from "../../api/request";
import type { Refusal } from "./use_change";

export interface RejectedRow {
  line: number;
  field: string;
  rule: string;
  code: string;
  /** The rejected value: of a dry run only, because runs are kept and a value may name a student. */
  value?: string;
}

export interface LeftOutRows {
  reason: string;
  count: number;
  firstLine: number;
}

export interface DryRun {
  layout: string[];
  rows: number;
  answers: number;
  rejected: number;
  leftOut: number;
  firstAnswers: string[];
  rejectedRows: RejectedRow[];
  leftOutRows: LeftOutRows[];
}

export interface Started {
  run: { id: string };
}

export interface ImportCounts {
  rows: number;
  recorded: number;
  alreadyPresent: number;
  conflicts: number;
  rejected: number;
  leftOut: number;
  untried: number;
  rejectedRows: RejectedRow[];
  conflictRows: RejectedRow[];
}

export type Reply<Data> = { data: Data } | { refusal: Refusal };

const PATH = "/imports/answers";

/** Send a file with its options. The header tells the service that no other site has sent it. */
export async function sendFile<Data>(file: File, options: Record<string, string>): Promise<Reply<Data>> {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) if (value !== "") form.append(name, value);
  form.append("file", file, file.name);
  let reply: Response;
  try {
    reply = await request(PATH, { method: "POST", headers: { "GraphQL-Require-Preflight": "1" }, body: form });
  } catch (error) {
    return { refusal: { code: "NO_REPLY", message: String(error), field: "", rule: "", value: "" } };
  }
  const body: unknown = await reply.json().catch(() => null);
  if (reply.ok && body !== null) return { data: body as Data };
  return { refusal: refusalIn(body, reply.status) };
}

/** The refusal in an error reply: `{"errors": [{"message", "extensions": {"code", "field", "rule", "value"}}]}`. */
export function refusalIn(body: unknown, status: number): Refusal {
  const errors = recordOf(body).errors;
  const first = recordOf(Array.isArray(errors) ? errors[0] : null);
  const extensions = recordOf(first.extensions);
  return {
    code: textOf(extensions.code) || `HTTP_${status}`,
    message: textOf(first.message) || `HTTP ${status}`,
    field: textOf(extensions.field),
    rule: textOf(extensions.rule),
    value: textOf(extensions.value),
  };
}

/** The counts in a run's output; zero where it states none. */
export function countsOf(output: Record<string, unknown>): ImportCounts {
  const count = (name: string) => (typeof output[name] === "number" ? output[name] : 0);
  const rows = (name: string) => (Array.isArray(output[name]) ? (output[name] as RejectedRow[]) : []);
  return {
    rows: count("rows"),
    recorded: count("recorded"),
    alreadyPresent: count("alreadyPresent"),
    conflicts: count("conflicts"),
    rejected: count("rejected"),
    leftOut: count("leftOut"),
    untried: count("untried"),
    rejectedRows: rows("rejectedRows"),
    conflictRows: rows("conflictRows"),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whether the service takes a token: a query of `me` with it. */
import { stringifyDocument } from "@urql/core";
import { HomeMeDocument } from "../generated/documents";

export type Checked = { accepted: true } | { accepted: false; reason: string | null };

/** `reason` is what the service said; null if it did not answer. */
export async function checkToken(token: string): Promise<Checked> {
  try {
    const reply = await fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: stringifyDocument(HomeMeDocument as never) }),
    });
    const body = (await reply.json()) as { data?: { me?: object | null } | null; errors?: { message: string }[] };
    if (reply.ok && body.data?.me) return { accepted: true };
    return { accepted: false, reason: body.errors?.[0]?.message ?? `HTTP ${reply.status}` };
  } catch {
    return { accepted: false, reason: null };
  }
}

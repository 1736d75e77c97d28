/** A mutation of one form: sent once however often its button is pressed, and what was refused. */
import type { AnyVariables, CombinedError, TypedDocumentNode } from "@urql/core";
import { useClient } from "@urql/preact";
import { useRef, useState } from "preact/hooks";

export interface Refusal {
  code: string;
  message: string;
  field: string;
  rule: string;
  value: string;
}

type Replies = object & { failure: Refusal | null };

export interface Outcome<Result> {
  /** What the service replied; null if no reply came. */
  result: Result | null;
  /** Why nothing was changed; null after a success. */
  refusal: Refusal | null;
}

/** No reply, or an error of the whole request, in the form of a refusal. */
export function refusalOf(error: CombinedError | undefined): Refusal {
  const first = error?.graphQLErrors[0];
  const code = String(first?.extensions?.code ?? "NO_REPLY");
  const field = typeof first?.extensions?.field === "string" ? first.extensions.field : "";
  return { code, message: first?.message ?? error?.networkError?.message ?? "", field, rule: "", value: "" };
}

/** Run one task at a time. A second call while the first runs does nothing and returns null. */
export function useOnce(): { running: boolean; run: <Result>(task: () => Promise<Result>) => Promise<Result | null> } {
  const busy = useRef(false);
  const [running, setRunning] = useState(false);
  const run = async <Result>(task: () => Promise<Result>): Promise<Result | null> => {
    if (busy.current) return null;
    busy.current = true;
    setRunning(true);
    try {
      return await task();
    } finally {
      busy.current = false;
      setRunning(false);
    }
  };
  return { running, run };
}

/** The function that sends a mutation of one field. */
export function useMutationOf<Data extends Record<string, unknown>, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): (variables: Variables) => Promise<Outcome<Data[keyof Data]>> {
  const client = useClient();
  return async (variables) => {
    const { data, error } = await client.mutation(document, variables).toPromise();
    const result = data === undefined || data === null ? null : (Object.entries(data).find(([key]) => key !== "__typename")?.[1] as Data[keyof Data]);
    if (result === null || result === undefined) return { result: null, refusal: refusalOf(error) };
    return { result, refusal: (result as unknown as Replies).failure };
  };
}

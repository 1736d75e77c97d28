/** A query of one card: its data, and whether it loads, is old, or failed. */
import type { AnyVariables, CombinedError, RequestPolicy, TypedDocumentNode } from "@urql/core";
import { useQuery } from "@urql/preact";
import { useEffect, useState } from "preact/hooks";
import { useReadAgain } from "./use_read_again";

export interface Loaded<Data> {
  data: Data | undefined;
  /** No data yet, and a reply is under way. */
  loading: boolean;
  /** The last reply failed. Older data stay, dated by `asOf`. */
  error: CombinedError | undefined;
  /** When the data came. */
  asOf: Date | undefined;
  retry: () => void;
}

interface Options {
  /** Wait: what the variables depend on has not come yet. */
  pause?: boolean;
  requestPolicy?: RequestPolicy;
  /** It depends on many masteries: read it again after live changes, at most once in so many milliseconds. */
  refresh?: number;
}

const AGAIN_AFTER = 4_000;

export function useCardQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false, requestPolicy = "cache-and-network", refresh }: Options = {},
): Loaded<Data> {
  const [{ data, error, fetching }, execute] = useQuery({ query, variables, pause, requestPolicy });
  const key = JSON.stringify(variables);
  const [kept, keep] = useState<{ key: string; data: Data; asOf: Date } | undefined>();
  useEffect(() => {
    if (data !== undefined && data !== null && error === undefined) keep({ key, data, asOf: new Date() });
  }, [data, error]);
  const old = kept?.key === key ? kept : undefined; // data of other variables are not old data of these
  const retry = () => execute({ requestPolicy: "network-only" });
  useReadAgain(retry, pause ? null : (refresh ?? null));
  const silent = error?.networkError !== undefined && !fetching;
  useEffect(() => {
    if (!silent) return;
    const timer = setTimeout(retry, AGAIN_AFTER);
    return () => clearTimeout(timer);
  }, [silent]);
  return {
    data: data ?? old?.data,
    loading: !error && (data ?? old?.data) === undefined,
    error,
    asOf: old?.asOf,
    retry,
  };
}

/** A query whose last data stay while those of other variables load, so that what is typed beside them stays too. */
import { useRef } from "preact/hooks";
import type { Loaded } from "../../api/use_query";

export function useKept<Data>(query: Loaded<Data>): Loaded<Data> {
  const last = useRef(query.data);
  if (query.data !== undefined) last.current = query.data;
  return { ...query, data: last.current, loading: query.loading && last.current === undefined };
}

/** Ask again when a run has changed what a card shows. */
import { useEffect } from "preact/hooks";
import type { Loaded } from "../../api/use_query";

export function useAgain<Data>(query: Loaded<Data>, changes: number): Loaded<Data> {
  useEffect(() => {
    if (changes > 0) query.retry();
  }, [changes]);
  return query;
}

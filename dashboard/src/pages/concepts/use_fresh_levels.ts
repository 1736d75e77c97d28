/** Reads means and causes of the class again after live events, at most every two seconds: the cache hands them to the map and the cards. */
import { useClient } from "@urql/preact";
import { useEffect } from "preact/hooks";
import { lastChange, onConnection } from "../../api/live";
import { ConceptsLevelsDocument } from "../../generated/documents";

const AT_MOST_EVERY = 2_000;

export function useFreshLevels(group: string): void {
  const client = useClient();
  useEffect(() => {
    let seen = lastChange()?.getTime();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      timer = undefined;
      void client.query(ConceptsLevelsDocument, { group }, { requestPolicy: "network-only" }).toPromise();
    };
    const end = onConnection(() => {
      const changed = lastChange()?.getTime();
      if (changed === seen) return;
      seen = changed;
      timer ??= setTimeout(read, AT_MOST_EVERY);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [client, group]);
}

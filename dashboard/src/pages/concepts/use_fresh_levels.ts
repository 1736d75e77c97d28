/** Reads means and causes of the class again after live changes: the cache hands them to the map and the cards, without reading concepts again. */
import { useClient } from "@urql/preact";
import { useEffect } from "preact/hooks";
import { onReadAgain } from "../../api/changes";
import { ConceptsLevelsDocument } from "../../generated/documents";

export function useFreshLevels(group: string): void {
  const client = useClient();
  useEffect(
    () => onReadAgain(() => void client.query(ConceptsLevelsDocument, { group }, { requestPolicy: "network-only" }).toPromise()),
    [client, group],
  );
}

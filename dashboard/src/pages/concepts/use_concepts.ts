/** All concepts of the service: the map's first page, and the pages after it. */
import { useClient } from "@urql/preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ConceptsRestDocument, type ConceptsMapQuery } from "../../generated/documents";

type Page = ConceptsMapQuery["concepts"];

/** Null until all pages are here; a page that fails leaves out what it had. */
export function useConcepts(first: Page | undefined): Page["nodes"] | null {
  const client = useClient();
  const [rest, setRest] = useState<{ after: string; nodes: Page["nodes"] } | null>(null);
  const after = first?.pageInfo.hasNextPage ? first.pageInfo.endCursor : null;
  useEffect(() => {
    if (after === null || after === undefined) return;
    let left = false;
    const read = async () => {
      const nodes: Page["nodes"] = [];
      for (let cursor: string | null = after; cursor !== null && !left; ) {
        const { data } = await client.query(ConceptsRestDocument, { after: cursor }).toPromise();
        nodes.push(...(data?.concepts.nodes ?? []));
        cursor = data?.concepts.pageInfo.hasNextPage ? data.concepts.pageInfo.endCursor : null;
      }
      if (!left) setRest({ after, nodes });
    };
    void read();
    return () => {
      left = true;
    };
  }, [after, client]);
  return useMemo(() => {
    if (first === undefined) return null;
    if (after === null || after === undefined) return first.nodes;
    return rest?.after === after ? [...first.nodes, ...rest.nodes] : null;
  }, [first, rest, after]);
}

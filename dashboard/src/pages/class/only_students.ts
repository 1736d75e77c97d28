/** The students that the heat map is kept to: those whom one cause holds back. The cause is in the address: `?only=gr_articles`. */
import { useMemo } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { ClassHeldBackDocument, type ClassNextQuery } from "../../generated/documents";

export type Cause = NonNullable<ClassNextQuery["group"]>["rootCauses"]["causes"][number];

export interface Only {
  label: string;
  studentIds: string[];
}

export interface OnlyState {
  /** The id of the chosen cause. */
  chosen: string | null;
  only: Only | null;
  choose: (conceptId: string | null) => void;
}

export function useOnly(group: string, causes: readonly Cause[]): OnlyState {
  const [params, setParams] = useSearchParams();
  const chosen = params.get("only");
  const cause = causes.find(({ conceptId }) => conceptId === chosen);
  const some = cause?.heldBackStudents ?? null;
  // The card has the first names only: the heat map needs everybody of a large class.
  const needsAll = some !== null && some.totalCount > some.nodes.length;
  const all = useCardQuery(ClassHeldBackDocument, { group }, { pause: !needsAll });
  const nodes = (needsAll && all.data?.group?.rootCauses.causes.find(({ conceptId }) => conceptId === chosen)?.heldBackStudents?.nodes) || some?.nodes;
  const label = cause?.concept?.name ?? cause?.conceptId;
  const only = useMemo(
    () => (nodes === undefined || label === undefined ? null : { label, studentIds: nodes.map(({ studentId }) => studentId) }),
    [nodes, label],
  );
  const choose = (conceptId: string | null) =>
    setParams(
      (previous) => {
        const next = new URLSearchParams(previous);
        if (conceptId === null) next.delete("only");
        else next.set("only", conceptId);
        return next;
      },
      { replace: true },
    );
  return { chosen: only === null ? null : chosen, only, choose };
}

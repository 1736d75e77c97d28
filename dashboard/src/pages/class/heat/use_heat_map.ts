/** The levels of a class. Analysts have pseudonyms in place of names, and may not ask for names. */
import { currentRole } from "../../../api/role";
import { useCardQuery, type Loaded } from "../../../api/use_query";
import { ClassHeatMapDocument, ClassHeatMapPseudonymsDocument, type ClassHeatMapPseudonymsQuery, type ClassHeatMapQuery, type TargetKind } from "../../../generated/documents";

/** Changes are drawn as they arrive; the table is read whole again this often while there are any. */
const REFRESH = 300_000;

export function useHeatMap(group: string, kind: TargetKind): Loaded<ClassHeatMapQuery> {
  const isAnalyst = currentRole() === "analyst";
  const named = useCardQuery(ClassHeatMapDocument, { group, kind }, { pause: isAnalyst, refresh: REFRESH });
  const pseudonymous = useCardQuery(ClassHeatMapPseudonymsDocument, { group, kind }, { pause: !isAnalyst, refresh: REFRESH });
  return isAnalyst ? { ...pseudonymous, data: pseudonymous.data && withPseudonyms(pseudonymous.data) } : named;
}

type Pseudonymous = ClassHeatMapPseudonymsQuery;

const made = new WeakMap<Pseudonymous, ClassHeatMapQuery>();

/** The same object for the same reply, so that the table is not drawn again. */
function withPseudonyms(reply: Pseudonymous): ClassHeatMapQuery {
  let result = made.get(reply);
  if (result === undefined) {
    const { group } = reply;
    const students = group?.heatmap.studentIds.map((id) => ({ __typename: "Student" as const, id, name: id })) ?? [];
    result = { ...reply, group: group && { ...group, heatmap: { ...group.heatmap, students } } };
    made.set(reply, result);
  }
  return result;
}

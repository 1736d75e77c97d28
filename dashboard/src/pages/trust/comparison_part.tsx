/** The verdict, and what it rests on: the comparison of models on held-out students. It is slow, so it is asked last. */
import type { ComponentChildren, JSX } from "preact";
import { useCardQuery, type Loaded } from "../../api/use_query";
import { TrustComparisonDocument, type TargetKind, type TrustComparisonQuery } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { useParameter } from "../../parts/query_parameter";
import { CalibrationCard } from "./calibration_card";
import messages from "./messages";
import { ModelsCard } from "./models_card";
import { useAgain } from "./use_again";
import { VerdictCard } from "./verdict_card";

interface ComparisonPartProps {
  group: string;
  changes: number;
  /** What stands below the models. */
  children: ComponentChildren;
}

export function ComparisonPart({ group, changes, children }: ComparisonPartProps): JSX.Element {
  const concepts = useComparison(group, "CONCEPT", changes, false);
  // One after the other: each takes a core of the service for seconds.
  const skills = useComparison(group, "SKILL", changes, concepts.loading);
  const [wanted] = useParameter("kind");
  const kind: TargetKind = wanted === "SKILL" ? "SKILL" : "CONCEPT";
  const query = kind === "SKILL" ? skills : concepts;
  return (
    <>
      <VerdictCard concepts={concepts} skills={skills} />
      <div class="grid2">
        <CalibrationCard key={kind} query={query} choice={<KindChoice kind={kind} />} />
        <div class="stack start">
          <ModelsCard query={query} />
          {children}
        </div>
      </div>
    </>
  );
}

function useComparison(group: string, kind: TargetKind, changes: number, pause: boolean): Loaded<TrustComparisonQuery> {
  return useAgain(useCardQuery(TrustComparisonDocument, { group, kind }, { pause, requestPolicy: "cache-first" }), changes);
}

function KindChoice({ kind }: { kind: TargetKind }): JSX.Element {
  const say = useMessages(messages);
  const [, choose] = useParameter("kind");
  return (
    <div class="seg" role="group" aria-label={say.kind}>
      {(["CONCEPT", "SKILL"] as const).map((one) => (
        <button key={one} type="button" aria-pressed={one === kind} onClick={() => choose(one === "CONCEPT" ? null : one)}>
          {say.kinds[one]}
        </button>
      ))}
    </div>
  );
}

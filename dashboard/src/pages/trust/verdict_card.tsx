/** The one sentence of the page: may the levels be believed. */
import type { JSX } from "preact";
import type { Loaded } from "../../api/use_query";
import type { TrustComparisonQuery } from "../../generated/documents";
import { formatNumber, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import messages from "./messages";
import { judgedModel, meanGap, verdictOf, type Comparison } from "./verdict";

interface VerdictCardProps {
  concepts: Loaded<TrustComparisonQuery>;
  skills: Loaded<TrustComparisonQuery>;
}

export function VerdictCard({ concepts, skills }: VerdictCardProps): JSX.Element {
  const say = useMessages(messages);
  const both = concepts.data !== undefined && skills.data !== undefined ? [concepts.data.modelComparison, skills.data.modelComparison] : undefined;
  const failed = [concepts, skills].find(({ error }) => error !== undefined);
  const query: Loaded<Comparison[]> = { ...(failed ?? skills), data: both, loading: failed === undefined && both === undefined };
  return (
    <section class="card verdict" aria-label={say.verdictKicker}>
      <p class="kicker">{say.verdictKicker}</p>
      {query.loading && <p class="lead muted">{say.verdictWait}</p>}
      <States query={query} what={say.verdictKicker}>
        {([concept, skill]) => <Words concept={concept!} skill={skill!} />}
      </States>
    </section>
  );
}

function Words({ concept, skill }: { concept: Comparison; skill: Comparison }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const ofConcepts = verdictOf(judgedModel(concept));
  const ofSkills = verdictOf(judgedModel(skill));
  const caveats = [...new Set([...concept.caveats, ...skill.caveats])];
  return (
    <>
      <h2>{ofConcepts === ofSkills ? say.verdictSame[ofConcepts] : say.verdictMixed(say.verdictWords[ofConcepts], say.verdictWords[ofSkills])}</h2>
      <p class="lead muted">
        <Line comparison={concept} /> <Line comparison={skill} /> {say.verdictChecked(formatNumber(concept.answers, language), formatNumber(concept.students, language))}
      </p>
      <details class="gap">
        <summary>{say.verdictRule}</summary>
        <p class="small muted lead">{say.verdictRuleText}</p>
      </details>
      {caveats.length > 0 && (
        <div class="note warn gap">
          <strong>{say.caveats}:</strong>
          <ul lang="en">
            {caveats.map((caveat) => (
              <li key={caveat}>{caveat}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Line({ comparison }: { comparison: Comparison }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const judged = judgedModel(comparison);
  const kind = say.kindWords[comparison.kind];
  if (judged === undefined || verdictOf(judged) === "unknown") {
    return <>{say.verdictFew(kind, formatNumber(judged?.metrics.answers ?? 0, language))}</>;
  }
  const pairs = (share: number | null | undefined) => formatNumber(percent(share ?? 0), language);
  const ratio = comparison.models.find(({ model }) => model === "RATIO");
  const gap = formatNumber(meanGap(judged) * 100, language, 1);
  return <>{say.verdictLine(kind, gap, pairs(judged.metrics.auc), ratio === undefined ? null : pairs(ratio.metrics.auc))}</>;
}

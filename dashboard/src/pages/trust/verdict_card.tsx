/** The one sentence of the page: may the levels be believed. */
import type { JSX } from "preact";
import type { Loaded } from "../../api/use_query";
import type { TrustComparisonQuery } from "../../generated/documents";
import { formatList, formatNumber, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import partMessages from "../../parts/messages";
import messages from "./messages";
import { isWorseThanCounting, judgedModel, meanGap, verdictOf, type Comparison } from "./verdict";

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
  const worse = [concept, skill].filter(isWorseThanCounting).map(({ kind }) => say.kindWords[kind]);
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
      {worse.length > 0 && (
        <p class="note warn gap">
          <strong>▲ {say.worse(formatList(worse, language))}</strong> {say.worseRemedy}
        </p>
      )}
      <Caveats all={[concept, skill]} />
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

/** What the service says of a comparison, with its technical names. */
function Caveats({ all }: { all: readonly Comparison[] }): JSX.Element | null {
  const say = useMessages(messages);
  const parts = useMessages(partMessages);
  const sentences = all.flatMap(({ kind, caveats }) => caveats.map((caveat) => ({ kind, caveat })));
  if (sentences.length === 0) return null;
  return (
    <details class="gap">
      <summary>{parts.administrator}</summary>
      <ul class="small muted">
        {sentences.map(({ kind, caveat }) => (
          <li key={`${kind} ${caveat}`}>
            {say.kinds[kind]}: <span lang="en">{caveat}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

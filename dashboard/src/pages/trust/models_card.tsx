/** Models against each other, on students that none of them has seen. */
import type { JSX } from "preact";
import type { Loaded } from "../../api/use_query";
import type { TrustComparisonQuery } from "../../generated/documents";
import { formatNumber, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { Term } from "../../parts/term";
import messages from "./messages";
import { comparedModels, judgedModel, type Quality } from "./verdict";

export function ModelsCard({ query }: { query: Loaded<TrustComparisonQuery> }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  return (
    <Card title={say.modelsTitle} query={query}>
      {({ modelComparison }) => {
        const judged = judgedModel(modelComparison);
        const models = comparedModels(modelComparison);
        if (models.length === 0) return <p class="muted">{say.noForecasts}</p>;
        return (
          <>
            <p class="small muted">
              <Term tip={say.pairsTip}>{say.pairsTerm}</Term>: {say.modelsAbout}
            </p>
            <div class="tablewrap">
        <table class="table">
              <thead>
                <tr>
                  <th scope="col">{say.model}</th>
                  <th scope="col" class="only-wide">
                    <span class="sr">{say.modelBar}</span>
                  </th>
                  <th scope="col" class="r">
                    {say.pairs}
                  </th>
                  <th scope="col" class="r">
                    <Term tip={say.surpriseTip} right>
                      {say.surprise}
                    </Term>
                  </th>
                </tr>
              </thead>
              <tbody>
                {models.map((quality) => (
                  <Row key={quality.model} quality={quality} isJudged={quality.model === judged?.model} />
                ))}
              </tbody>
            </table>
        </div>
            <p class="small muted gap">{say.modelsNote(formatNumber(modelComparison.folds, language))}</p>
          </>
        );
      }}
    </Card>
  );
}

function Row({ quality: { model, metrics }, isJudged }: { quality: Quality; isJudged: boolean }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const auc = metrics.auc ?? 0.5;
  const surprise = new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(metrics.logLoss);
  return (
    <tr>
      <th scope="row">
        {say.models[model]} {isJudged && <span class="badge">{say.judged}</span>}
      </th>
      <td class="only-wide bars">
        <svg width="100%" height="16" viewBox="0 0 200 16" preserveAspectRatio="none" aria-hidden="true">
          <rect class="rail" y="4" width="200" height="8" rx="2" />
          <rect class={isJudged ? "judged" : "rest"} y="4" width={Math.max(0, (auc - 0.5) * 400)} height="8" rx="2" />
        </svg>
      </td>
      <td class="r">
        <strong>{metrics.auc === null ? "–" : formatNumber(percent(metrics.auc), language)}</strong>
      </td>
      <td class="r">{surprise}</td>
    </tr>
  );
}

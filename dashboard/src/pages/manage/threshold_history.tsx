/** The versions of the thresholds of a course or skill: when, by whom, and why. */
import type { JSX } from "preact";
import { formatMoment } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { percentWords } from "./percent_words";
import type { Thresholded } from "./thresholds_part";
import messages from "./thresholds_messages";

export function ThresholdHistory({ sets }: { sets: Thresholded["thresholdSets"]["nodes"] }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const shown = (threshold: number) => percentWords(threshold, language);
  return (
    <section class="threshold-history">
      <h3>{say.history}</h3>
      {sets.length === 0 ? (
        <p class="muted">{say.noHistory}</p>
      ) : (
        <table class="table cards" role="table">
          <caption class="sr">{say.history}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {[say.version, say.what, say.note, say.who, say.when].map((head) => (
                <th key={head} scope="col" role="columnheader">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {sets.map(({ id, version, thresholds, note, author, createdAt, inEffect }) => (
              <tr key={id} role="row">
                <th scope="row" role="rowheader">
                  {version} {inEffect && <span class="badge ok">✓ {say.inEffect}</span>}
                </th>
                <td role="cell" class="whole" data-l={say.what}>
                  {thresholds === null ? say.back : say.values(shown(thresholds.mastered), shown(thresholds.focus), shown(thresholds.weak))}
                </td>
                <td role="cell" class="whole" data-l={say.note}>
                  {note || "–"}
                </td>
                <td role="cell" data-l={say.who}>
                  {author ?? "–"}
                </td>
                <td role="cell" data-l={say.when}>
                  {createdAt === null ? "–" : formatMoment(createdAt, language)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The latest answers, page by page: of the chosen level or all, with what each changed. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { StudentAnswersDocument } from "../../generated/documents";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { AnswersDownload } from "./answers_download";
import { AnswersTable } from "./answers_table";
import messages from "./messages";
import { targetVariables, type ChosenTarget } from "./target";
import { type StudentView } from "./view";

interface AnswersCardProps {
  view: StudentView;
  target: ChosenTarget | null;
}

const PAGE = 10;

export function AnswersCard({ view, target }: AnswersCardProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [search, setSearch] = useSearchParams();
  const all = target === null || search.get("answers") === "all";
  /** The cursors before this page; the last one begins it. */
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const scope = all ? null : target;
  const variables = { student: view.id, ...targetVariables(scope) };
  const query = useCardQuery(StudentAnswersDocument, { ...variables, first: PAGE, after: cursors.at(-1)! }, { refresh: 10_000 });
  const choose = (next: "all" | "target") => {
    setCursors([null]);
    setSearch(
      (old) => {
        if (next === "all") old.set("answers", "all");
        else old.delete("answers");
        return old;
      },
      { replace: true },
    );
  };
  const total = query.data?.student?.answers.totalCount ?? 0;
  const actions = <AnswersDownload variables={variables} total={total} scope={scope} />;
  return (
    <Card title={say.history} class="o7" actions={actions} query={query}>
      {({ student }) => {
        if (!student) return null;
        const { nodes, totalCount, pageInfo } = student.answers;
        const before = (cursors.length - 1) * PAGE;
        return (
          <>
            {target !== null && (
              <div class="seg student-scope" role="group" aria-label={say.historyOf}>
                <button type="button" aria-pressed={!all} onClick={() => choose("target")}>
                  {say.ofTarget}
                </button>
                <button type="button" aria-pressed={all} onClick={() => choose("all")}>
                  {say.allAnswers}
                </button>
              </div>
            )}
            {totalCount === 0 ? <p class="small muted">{say.noAnswersHere}</p> : <AnswersTable answers={nodes} scope={scope} />}
            {totalCount > PAGE && (
              <div class="row between student-pages">
                <span class="small muted" role="status">
                  {say.rangeOf(before + 1, before + nodes.length, formatNumber(totalCount, language))}
                </span>
                <span class="row">
                  <button type="button" class="btn" disabled={cursors.length === 1} onClick={() => setCursors(cursors.slice(0, -1))}>
                    {say.newer}
                  </button>
                  <button
                    type="button"
                    class="btn"
                    disabled={!pageInfo.hasNextPage}
                    onClick={() => setCursors([...cursors, pageInfo.endCursor])}
                  >
                    {say.older}
                  </button>
                </span>
              </div>
            )}
          </>
        );
      }}
    </Card>
  );
}

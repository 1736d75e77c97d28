/** All answers as a file: read part by part, with progress, and stopped at a click. */
import { useClient } from "@urql/preact";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { StudentAnswersDocument } from "../../generated/documents";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { saveCsv } from "../../parts/download";
import shared from "../../parts/messages";
import { changeOf, type Answer } from "./answers_table";
import messages from "./messages";
import type { ChosenTarget } from "./target";

interface AnswersDownloadProps {
  variables: { student: string; concept: string | null; skill: string | null };
  total: number;
  scope: ChosenTarget | null;
}

const PART = 200;

export function AnswersDownload({ variables, total, scope }: AnswersDownloadProps): JSX.Element {
  const say = useMessages(messages);
  const { download } = useMessages(shared);
  const language = useLanguage();
  const client = useClient();
  const [read, setRead] = useState<number | null>(null);
  const [failed, fail] = useState(false);
  const stopped = useRef(false);
  useEffect(() => () => void (stopped.current = true), []);

  const start = async () => {
    stopped.current = false;
    fail(false);
    setRead(0);
    const answers: Answer[] = [];
    let after: string | null = null;
    do {
      const { data, error } = await client.query(StudentAnswersDocument, { ...variables, first: PART, after }, { requestPolicy: "network-only" }).toPromise();
      if (stopped.current) break;
      if (error !== undefined || !data?.student) {
        fail(true);
        break;
      }
      answers.push(...data.student.answers.nodes);
      setRead(answers.length);
      const { hasNextPage, endCursor }: { hasNextPage: boolean; endCursor: string | null } = data.student.answers.pageInfo;
      after = hasNextPage ? endCursor : null;
      if (after === null) saveCsv(`${variables.student} ${say.history}.csv`, [say.answersCsv, ...answers.flatMap((answer) => csvRows(answer, scope))]);
    } while (after !== null);
    setRead(null);
  };
  return (
    <span class="row">
      {read === null ? (
        <button type="button" class="btn" disabled={total === 0} onClick={() => void start()}>
          {download}
        </button>
      ) : (
        <button type="button" class="btn" onClick={() => void (stopped.current = true)}>
          {say.stop}
        </button>
      )}
      <span class="small muted student-progress" role="status">
        {read !== null && say.reading(formatNumber(read, language), formatNumber(total, language))}
        {failed && say.readFailed}
      </span>
    </span>
  );
}

/** One row for each level that the answer changed: of the chosen target, or of all. */
export function csvRows(answer: Answer, scope: ChosenTarget | null): (string | number | null | undefined)[][] {
  const { id, at, correct, countsAs, weight, questionId, difficulty, responseTime, changes } = answer;
  const own = scope === null ? changes : [changeOf(changes, scope)];
  const facts = [at, Number(correct), Number(countsAs), weight, questionId, difficulty, responseTime];
  return (own.length === 0 ? [undefined] : own).map((change) => [
    ...facts,
    change?.target?.name ?? change?.concept ?? change?.skill,
    change && (change.concept === null ? "SKILL" : "CONCEPT"),
    change?.levelBefore,
    change?.levelAfter,
    id,
  ]);
}

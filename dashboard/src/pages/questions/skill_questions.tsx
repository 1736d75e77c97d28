/** The questions of one skill: drawing, one of them, and all of them in a table. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { QuestionsOfSkillDocument, type QuestionFragment, type QuestionOrder, type QuestionsOfSkillQuery } from "../../generated/documents";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { saveCsv } from "../../parts/download";
import partMessages from "../../parts/messages";
import { useParameter } from "../../parts/query_parameter";
import messages from "./messages";
import { QuestionDetail } from "./question_detail";
import { QuestionPlot } from "./question_plot";
import { csvRows } from "./question_rows";
import { QuestionTable } from "./question_table";

const PAGE = 20;

interface SkillQuestionsProps {
  group: string;
  skill: string;
  name: string;
}

export function SkillQuestions({ group, skill, name }: SkillQuestionsProps): JSX.Element {
  const say = useMessages(messages);
  const [wanted] = useParameter("order");
  const order = wanted !== null && wanted in say.orders ? (wanted as QuestionOrder) : "HARDEST";
  const query = useCardQuery(QuestionsOfSkillDocument, { group, skill, order });
  return (
    <States query={query} what={say.loadingWhat}>
      {(data: QuestionsOfSkillQuery) => {
        const analysis = data.skill?.itemAnalysis;
        if (analysis === undefined || analysis.totalCount === 0) {
          return (
            <section class="card">
              <h2>{say.noneTitle}</h2>
              <p class="muted">{say.none(name)}</p>
            </section>
          );
        }
        return <Questions questions={analysis.nodes} count={analysis.totalCount} order={order} skill={skill} />;
      }}
    </States>
  );
}

interface QuestionsProps {
  questions: readonly QuestionFragment[];
  count: number;
  order: QuestionOrder;
  skill: string;
}

function Questions({ questions, count, order, skill }: QuestionsProps): JSX.Element {
  const say = useMessages(messages);
  const parts = useMessages(partMessages);
  const language = useLanguage();
  const [chosen, setChosen] = useParameter("question");
  const [pageText, setPage] = useParameter("page");
  const [, setOrder] = useParameter("order");
  const [byHand, setByHand] = useState(false);
  const opener = useRef<HTMLElement | SVGElement | null>(null);
  const choose = (id: string, element: HTMLElement | SVGElement) => {
    opener.current = element;
    setByHand(true);
    setChosen(id);
  };
  const close = () => {
    setChosen(null);
    opener.current?.focus();
  };
  const last = Math.max(1, Math.ceil(questions.length / PAGE));
  const page = Math.min(last, Math.max(1, Math.trunc(Number(pageText)) || 1));
  const from = (page - 1) * PAGE;
  const shown = questions.slice(from, from + PAGE);
  const question = questions.find(({ questionId }) => questionId === chosen);
  return (
    <div class="stack">
      <div class="questions">
        <section class="card" aria-labelledby="question-plot">
          <p class="kicker">{say.verdict(questions.filter(({ warnings }) => warnings.length > 0).length, questions.length)}</p>
          <header>
            <h2 id="question-plot">{say.plotTitle}</h2>
          </header>
          <QuestionPlot questions={questions} file={`questions-${skill}`} chosen={chosen} choose={choose} />
        </section>
        {question === undefined ? (
          <section class="card" aria-labelledby="question-detail">
            <header>
              <h2 id="question-detail">{say.detailTitle}</h2>
            </header>
            <p class="muted">{say.detailHint}</p>
          </section>
        ) : (
          <QuestionDetail question={question} focused={byHand} close={close} />
        )}
      </div>
      <section class="card" aria-labelledby="question-table">
        <header class="row">
          <h2 id="question-table">{say.tableTitle}</h2>
          <span class="row">
            <label class="row small muted">
              {say.order}
              <select
                class="select"
                value={order}
                onChange={(event) => {
                  setPage(null);
                  setOrder(event.currentTarget.value);
                }}
              >
                {Object.entries(say.orders).map(([value, words]) => (
                  <option key={value} value={value}>
                    {words}
                  </option>
                ))}
              </select>
            </label>
            <button type="button" class="btn" onClick={() => saveCsv(`questions-${skill}.csv`, csvRows(questions))}>
              {parts.download}
            </button>
          </span>
        </header>
        <QuestionTable questions={shown} chosen={chosen} choose={choose} />
        <div class="pager small muted">
          <span role="status">
            {say.page(from + 1, from + shown.length, questions.length)} {count > questions.length && say.cut(formatNumber(count, language))}
          </span>
          {last > 1 && (
            <span class="row">
              <button type="button" class="btn" disabled={page === 1} onClick={() => setPage(page === 2 ? null : String(page - 1))}>
                {say.previous}
              </button>
              <button type="button" class="btn" disabled={page === last} onClick={() => setPage(String(page + 1))}>
                {say.next}
              </button>
            </span>
          )}
        </div>
      </section>
    </div>
  );
}

/** What imagined answers would do to the level: three buttons, or a typed run. The service works it out and stores nothing. */
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { StudentSimulateDocument } from "../../generated/documents";
import { levelPercent } from "../../i18n/format";
import { useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import type { Student } from "./forecast_card";
import messages from "./messages";
import { targetVariables, type ChosenTarget } from "./target";
import { type StudentView } from "./view";
import { LONGEST_RUN, parseRun } from "./what_if";

interface WhatIfProps {
  view: StudentView;
  target: ChosenTarget;
  student: Student;
}

export function WhatIf({ view, target, student }: WhatIfProps): JSX.Element {
  const say = useMessages(messages);
  const id = useId();
  const [text, setText] = useState("");
  const { outcomes, unreadable, isCut } = parseRun(text);
  const now = student.forecast?.level ?? 0;
  const choices = [
    { words: say.right, run: say.runRight, steps: student.right },
    { words: say.threeRight, run: say.runRight.repeat(3), steps: student.threeRight },
    { words: say.wrong, run: say.runWrong, steps: student.wrong },
  ];
  return (
    <>
      <h3 class="student-subhead" id={`${id}-head`}>
        {say.whatIf}
      </h3>
      <div class="whatif" role="group" aria-labelledby={`${id}-head`}>
        {choices.map(({ words, run, steps }) => (
          <button key={words} type="button" aria-pressed={text === run} onClick={() => setText(text === run ? "" : run)}>
            <span>{words}</span>
            {steps && (
              <span>
                {levelPercent(now)} → <strong>{say.percent(levelPercent(steps.at(-1)!.after))}</strong>
              </span>
            )}
          </button>
        ))}
        <label class="small student-run" for={`${id}-run`}>
          {say.typeRun}
        </label>
        <input
          id={`${id}-run`}
          class="select"
          type="text"
          value={text}
          placeholder={say.runExample}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={60}
          aria-describedby={`${id}-hint`}
          aria-invalid={unreadable !== null}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <p id={`${id}-hint`} class="tiny muted">
          {unreadable === null ? say.runHint : say.unreadable(unreadable)}
        </p>
      </div>
      {outcomes.length > 0 && <Result view={view} target={target} outcomes={outcomes} isCut={isCut} now={now} />}
    </>
  );
}

interface ResultProps {
  view: StudentView;
  target: ChosenTarget;
  outcomes: boolean[];
  isCut: boolean;
  now: number;
}

function Result({ view, target, outcomes, isCut, now }: ResultProps): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(StudentSimulateDocument, { student: view.id, ...targetVariables(target), outcomes }, { refresh: 10_000 });
  return (
    <States query={query} what={say.whatIf}>
      {({ student }) => {
        const steps = student?.simulate ?? [];
        const last = steps.at(-1);
        return (
          <div class="student-result">
            <p class="small" role="status">
              {last && <strong>{say.runResult(levelPercent(last.after))}</strong>} {isCut && say.runTooLong(LONGEST_RUN)}
            </p>
            <ol class="student-steps tiny muted" aria-label={say.runSteps}>
              <li>
                {say.now} {levelPercent(now)}
              </li>
              {steps.map(({ correct, after }, index) => (
                <li key={index}>
                  <span aria-hidden="true">{correct ? "●" : "○"}</span>
                  <span class="sr">{correct ? say.right : say.wrong}</span> {levelPercent(after)}
                </li>
              ))}
            </ol>
          </div>
        );
      }}
    </States>
  );
}

/** Questions by difficulty and discrimination, with the intervals of both. */
import type { JSX } from "preact";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import type { EstimateFragment, QuestionFragment } from "../../generated/documents";
import type { Dot, Range } from "../../parts/plot/dots";
import { BOX } from "../../parts/plot/frame";
import { Plot } from "../../parts/plot/plot";
import messages from "./messages";
import { estimate } from "./wording";

interface QuestionPlotProps {
  questions: readonly QuestionFragment[];
  file: string;
  chosen: string | null;
  choose: (id: string, element: SVGGElement) => void;
}

export function QuestionPlot({ questions, file, chosen, choose }: QuestionPlotProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const dots = dotsOf(questions).map(({ question, ...dot }): Dot => ({
    ...dot,
    label: say.dot(dot.id, estimate(question.difficulty, say, language), estimate(question.discrimination, say, language), question.warnings.length),
  }));
  if (dots.length === 0) return <p class="note">{say.nothingDrawn}</p>;
  const reach = Math.min(6, Math.max(2, Math.ceil(Math.max(...dots.map(({ x }) => Math.abs(x))) + 0.5)));
  const show = (value: number) => formatNumber(value, language, 1).replace("-", "−");
  const steps = [-1, -0.5, 0, 0.5, 1];
  const left = questions.length - dots.length;
  return (
    <>
      <p class="small muted">{say.plotAbout}</p>
      <Plot
        label={say.plotLabel(dots.length)}
        file={file}
        x={{ low: -reach, high: reach, ticks: steps.map((step) => step * reach), name: say.xName, show }}
        y={{ low: -1, high: 1, ticks: steps, name: say.yName, show }}
        dots={dots}
        chosen={chosen}
        choose={choose}
      >
        {({ x, y }) => (
          <path class="plotguide" d={`M${x(0)},${BOX.top}V${BOX.bottom}M${BOX.left},${y(0)}H${BOX.right}`} aria-hidden="true" />
        )}
      </Plot>
      {left > 0 && <p class="small muted gap">{say.notDrawn(left)}</p>}
    </>
  );
}

type Place = Omit<Dot, "label"> & { question: QuestionFragment };

/** What can be drawn, from left to right, so that the right arrow goes right. */
export function dotsOf(questions: readonly QuestionFragment[]): Place[] {
  const most = Math.max(1, ...questions.map(({ answers }) => answers));
  return questions
    .flatMap((question) => {
      const { questionId: id, difficulty, discrimination, answers, warnings } = question;
      if (difficulty.value === null || discrimination.value === null) return [];
      const radius = 4 + 4 * Math.sqrt(answers / most);
      return [{ id, x: difficulty.value, y: discrimination.value, radius, marked: warnings.length > 0, question, ...ranges(difficulty, discrimination) }];
    })
    .sort((one, other) => one.x - other.x);
}

function ranges(difficulty: EstimateFragment, discrimination: EstimateFragment): { xRange?: Range; yRange?: Range } {
  const xRange = rangeOf(difficulty);
  const yRange = rangeOf(discrimination);
  return { ...(xRange && { xRange }), ...(yRange && { yRange }) };
}

function rangeOf({ low, high }: EstimateFragment): Range | undefined {
  return low === null || high === null ? undefined : { low, high };
}

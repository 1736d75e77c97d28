/** The rows of the CSV file of questions: names of columns as the API has them, numbers as they came. */
import type { QuestionFragment } from "../../generated/documents";

const ESTIMATES = ["difficulty", "discrimination", "guess", "slip", "rapidShare"] as const;

export function csvRows(questions: readonly QuestionFragment[]): (string | number | null)[][] {
  const head = ["questionId", "answers", "students", "correct", "analysedAnswers", "expectedShare", "information", "infit", "medianSeconds"];
  const bounds = ESTIMATES.flatMap((name) => [name, `${name}Low`, `${name}High`]);
  return [
    [...head, ...bounds, "suggestedDifficulty", "suggestionReason", "warnings"],
    ...questions.map((question) => [
      question.questionId,
      question.answers,
      question.students,
      question.correct,
      question.analysedAnswers,
      question.expectedShare,
      question.information,
      question.infit,
      question.medianSeconds,
      ...ESTIMATES.flatMap((name) => [question[name].value, question[name].low, question[name].high]),
      question.suggestedDifficulty,
      question.suggestionReason,
      question.warnings.join(" "),
    ]),
  ];
}

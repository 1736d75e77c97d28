"""Short responses of any kind, and simulated classes in which students and questions differ."""

import numpy as np
from hypothesis import strategies as st
from scipy.special import expit

from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.model_comparison import Evidence
from graph_api.domain.parameters.predictors.responses import Responses

HOUR = 3_600.0


@st.composite
def responses(draw: st.DrawFn, students: int = 3, targets: int = 3, questions: int = 3, most: int = 25) -> Responses:
    """Answers to one or two targets each, in any order of rows; times are whole hours that often repeat."""
    rows: list[tuple[int, int, bool, int, int, float]] = []
    hours = 0
    for moment in range(draw(st.integers(1, most))):
        hours += draw(st.sampled_from([0, 1, 20, 200]))
        student, correct = draw(st.integers(0, students - 1)), draw(st.booleans())
        question = draw(st.integers(-1, questions - 1))
        tags = draw(st.sets(st.integers(0, targets - 1), min_size=1, max_size=2))
        rows += [(student, target, correct, moment, question, hours * HOUR) for target in sorted(tags)]
    return of_rows(draw(st.permutations(rows)), targets, questions)


def of_rows(rows: list[tuple[int, int, bool, int, int, float]], targets: int = 0, questions: int = 0) -> Responses:
    """Responses of rows of student, target, correct, moment, question and time."""
    student, target, correct, moment, question, at = zip(*rows, strict=True)
    return Responses(
        np.array(student, np.int32),
        np.array(target, np.int32),
        np.array(correct, np.bool_),
        np.array(moment, np.int64),
        np.array(question, np.int32),
        np.array(at, np.float64),
        targets,
        questions,
    )


def a_class(
    rng: np.random.Generator,
    *,
    students: int = 60,
    answers: int = 40,
    targets: int = 4,
    questions: int = 12,
    ability: float = 1.0,
    difficulty: float = 1.0,
) -> Responses:
    """Students of different ability answer questions of different difficulty; no student learns."""
    strength = rng.normal(0.4, ability, students)
    hardness = rng.normal(0, difficulty, questions)
    student = np.repeat(np.arange(students), answers)
    question = rng.integers(0, questions, len(student))
    correct = rng.random(len(student)) < expit(strength[student] - hardness[question])
    place = np.arange(len(student))
    moment = (place % answers) * students + student
    return Responses(
        student.astype(np.int32),
        (question % targets).astype(np.int32),
        correct,
        moment.astype(np.int64),
        question.astype(np.int32),
        (moment * HOUR).astype(np.float64),
    )


def evidence_of(sent: Responses, in_effect: Parameters = Parameters(0.3, 0.09, 0.2, 0.1)) -> Evidence:  # noqa: B008 - immutable
    """What models are compared on: the rows in the order of histories."""
    rows = sent.choose(np.lexsort((sent.moment, sent.student, sent.target)))
    columns = rows.student, rows.target, rows.correct
    return Evidence(
        Histories.of_answers(*columns, targets=rows.targets, at=rows.at),
        Histories.of_answers(*columns, targets=rows.targets, question=rows.question + 1, at=rows.at),
        rows,
        [in_effect] * rows.targets,
    )

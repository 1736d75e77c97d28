"""The order of questions in a list. Questions without the figure that it goes by come last, by id."""

from enum import StrEnum

from graph_api.domain.learners.item_analysis.analysis import QuestionFigures


class QuestionOrder(StrEnum):
    """What a list of questions goes by."""

    HARDEST = "HARDEST"
    EASIEST = "EASIEST"
    LEAST_INFORMATIVE = "LEAST_INFORMATIVE"
    LEAST_DISCRIMINATING = "LEAST_DISCRIMINATING"
    MOST_MISFIT = "MOST_MISFIT"
    MOST_RAPID = "MOST_RAPID"
    MOST_ANSWERS = "MOST_ANSWERS"
    QUESTION_ID = "QUESTION_ID"


def place_of(order: QuestionOrder, question_id: str, figures: QuestionFigures) -> tuple[int, float, str]:
    """The sort key of a question: whether it lacks the figure, then the figure, then its id; ascending."""
    figure = _figure(order, figures)
    return (1, 0.0, question_id) if figure is None else (0, figure, question_id)


def _figure(order: QuestionOrder, figures: QuestionFigures) -> float | None:
    return {
        QuestionOrder.HARDEST: _falling(figures.difficulty.value),
        QuestionOrder.EASIEST: figures.difficulty.value,
        QuestionOrder.LEAST_INFORMATIVE: figures.information,
        QuestionOrder.LEAST_DISCRIMINATING: figures.discrimination.value,
        QuestionOrder.MOST_MISFIT: _falling(None if figures.infit_z is None else abs(figures.infit_z)),
        QuestionOrder.MOST_RAPID: _falling(figures.rapid_share.value),
        QuestionOrder.MOST_ANSWERS: -float(figures.answers),
        QuestionOrder.QUESTION_ID: 0.0,
    }[order]


def _falling(value: float | None) -> float | None:
    return None if value is None else -value

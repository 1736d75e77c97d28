"""P(the next answer is correct), by the model in effect, and how it is made (Q7, Q10)."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from scipy.special import expit

from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.uncertainty import Interval
from graph_api.domain.parameters.predictors.practice_state import PracticeState, logit
from graph_api.domain.parameters.predictors.predictor_sets import NextAnswerModel, PredictorSet
from graph_api.domain.parameters.predictors.weights import Contribution
from graph_api.domain.targets import Target


class NextAnswer(NamedTuple):
    """A prediction of the next answer.

    Attributes:
        p_correct: the probability that it is correct.
        p_correct_bkt: the same, by knowledge tracing.
        used: the version of the predictor; None for knowledge tracing.
        contributions: what each term of the predictor adds to its intercept, in logits; empty for knowledge tracing.
    """

    p_correct: float
    p_correct_bkt: float
    used: PredictorSet | None = None
    contributions: Sequence[Contribution] = ()

    @property
    def model(self) -> NextAnswerModel:
        """The model that predicts."""
        return NextAnswerModel.BKT if self.used is None else NextAnswerModel.PREDICTOR

    def shift(self, interval: Interval) -> Interval:
        """An interval of `p_correct_bkt` as one of `p_correct`: moved by the difference of their log-odds.

        >>> moved = NextAnswer(0.8, 0.5).shift(Interval(0.5, 0.6))
        >>> round(moved.low, 3), round(moved.high, 3)
        (0.8, 0.857)
        """
        if self.p_correct == self.p_correct_bkt:
            return interval
        by = logit(self.p_correct) - logit(self.p_correct_bkt)
        low, high = (float(expit(logit(end) + by)) for end in interval)
        return Interval(min(low, self.p_correct), max(high, self.p_correct))


def practice_of_student(evidence: Iterable[tuple[str, Evidence]]) -> PracticeState:
    """The practice of a student, from the answers to all targets of one kind, in any order.

    An answer counts once for the student and once for each of its targets. Judgements, and answers of weight 0, are no
    practice.

    Args:
        evidence: the id or code of a target, and an answer or judgement.
    """
    counted = sorted((each, key) for key, each in evidence if each.level is None and each.weight > 0)
    practice = PracticeState()
    for _, of_one in groupby(counted, key=lambda pair: pair[0].order):
        answers = list(of_one)
        practice.record([key for _, key in answers], correct=answers[0][0].correct)
    return practice


def predict_next(
    target: Target,
    p_correct_bkt: float,
    used: PredictorSet | None = None,
    practice: PracticeState | None = None,
    question_id: str | None = None,
) -> NextAnswer:
    """Predict the next answer to a target by its primary model.

    Args:
        target: what is answered next.
        p_correct_bkt: by knowledge tracing.
        used: the version in effect for the kind of the target; None if knowledge tracing predicts all of them.
        practice: of the student; needed where the version predicts the target.
        question_id: of the next answer, if it is known.
    """
    if used is None or practice is None or used.parameters.choice(target.key).model is NextAnswerModel.BKT:
        return NextAnswer(p_correct_bkt, p_correct_bkt)
    weights = used.parameters.weights
    added = weights.contributions(practice.values(target.key, p_correct_bkt), target.key, question_id)
    return NextAnswer(weights.p_correct(added), p_correct_bkt, used, added)

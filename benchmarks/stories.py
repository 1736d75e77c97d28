"""What each model expects of ten students, and why: the figures of docs/stories.md.

    python -m benchmarks.stories [--data FOLDER]

The models are fitted to all answers of ASSISTments 2009. Each student then answers the most practised skill.
"""

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.models import HERE, read
from graph_api.domain.parameters.fitting.fit import FitOptions, fit
from graph_api.domain.parameters.fitting.prediction import predict
from graph_api.domain.parameters.knowledge_tracing import Parameters, p_correct, trace
from graph_api.domain.parameters.predictors.elo import EloState, rate
from graph_api.domain.parameters.predictors.family import LOGISTIC, fit_terms
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.predictors.terms import Term, design_of
from graph_api.domain.parameters.predictors.weights import LogisticWeights

SHOWN = ("AFM", "PFA", "PFA_RECENCY", "LKT", "BEST_LR", "PREDICTOR")
OTHERS = 20
"""Answers to other skills, of students who have any."""


class Story(NamedTuple):
    """A student: what they answered to the skill, to other skills, and the next question."""

    name: str
    own: str
    others: str = ""
    question: str = ""


STORIES = (
    Story("1 Ada has answered nothing", ""),
    Story("2 Ben has five correct answers", "+++++"),
    Story("3 Cem has five incorrect answers", "-----"),
    Story("4 Dora is strong elsewhere", "", "+" * 18 + "-" * 2),
    Story("5 Emil is weak elsewhere", "", "-" * 14 + "+" * 6),
    Story("6 Fay found the way", "---+++"),
    Story("7 Gus lost the way", "+++---"),
    Story("8 Hana changes every time", "+-+-+-"),
    Story("9 Ivo has practised long", "+-++-+++-++-+++-++++", "+-++-+-++-++-+-++-+-"),
    Story("10 Jo gets the hardest question", "++-+", "+++-+++-++", "hardest"),
)


class Models(NamedTuple):
    """The models, fitted to one set of answers."""

    tracing: list[Parameters]
    weights: dict[str, LogisticWeights]
    ease: float
    hardness: np.ndarray[tuple[int], np.dtype[np.float64]]


def fit_all(data: Path) -> tuple[Models, Responses]:
    """Fit each model to all answers."""
    evidence, _ = read(data, "assistments09")
    responses = evidence.responses
    traced = fit(evidence.histories, FitOptions(forgetting=True))
    bkt = predict(evidence.histories, traced.layout, traced.parameters)
    everything = np.ones(len(responses), np.bool_)
    names = [str(n) for n in range(responses.targets)], [str(n) for n in range(responses.questions)]
    weights = {}
    for name in SHOWN:
        design = design_of(responses, LOGISTIC[name], bkt, evidence.practice)
        weights[name] = LogisticWeights.of(fit_terms(responses, design, everything), LOGISTIC[name], *names)
    difficulties = rate(responses)
    hardness = np.array([difficulties.of(n) for n in range(responses.questions)])
    return Models(traced.by_target(), weights, difficulties.base, hardness), responses


def tell(story: Story, models: Models, skill: int, other: int, hardest: int) -> list[float]:
    """P(correct) of the next answer: knowledge tracing, the logistic models, Elo."""
    own = models.tracing[skill]
    practice, ratings = PracticeState(), EloState()
    for target, outcomes in ((other, story.others), (skill, story.own)):
        for outcome in outcomes:
            practice.record([str(target)], correct=outcome == "+")
            ratings.record({target: models.ease}, correct=outcome == "+")
    steps = trace([outcome == "+" for outcome in story.own], own)
    expected = p_correct(steps[-1].after if steps else own.prior, own)
    question = str(hardest) if story.question else None
    values = practice.values(str(skill), expected)
    added = [
        weights.p_correct(weights.contributions(values, str(skill), question)) for weights in models.weights.values()
    ]
    return [expected, *added, ratings.p_correct(skill, models.ease - (models.hardness[hardest] if question else 0.0))]


def main() -> int:
    """Print a row per story, and what the terms of the predictor add for one of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data" / "responses")
    models, responses = fit_all(parser.parse_args().data)
    skill, other = (int(each) for each in np.argsort(-np.bincount(responses.target))[:2])
    asked = np.bincount(responses.question, minlength=responses.questions)
    own = np.unique(responses.question[responses.target == skill])
    frequent = own[asked[own] >= 50]  # noqa: PLR2004 - its difficulty is known
    ease = models.weights["PREDICTOR"].questions
    hardest = int(min(frequent, key=lambda question: ease[str(question)]))
    print("| student | BKT | " + " | ".join(SHOWN) + " | ELO |")
    for story in STORIES:
        chances = tell(story, models, skill, other, hardest)
        print(f"| {story.name} | " + " | ".join(f"{each:.2f}" for each in chances) + " |")
    practice = PracticeState()
    for outcome in STORIES[3].others:
        practice.record([str(other)], correct=outcome == "+")
    weights = models.weights["PREDICTOR"]
    values = practice.values(str(skill), p_correct(models.tracing[skill].prior, models.tracing[skill]))
    print(f"{STORIES[3].name}: intercept {weights.intercept:+.2f}")
    for each in weights.contributions(values, str(skill)):
        if each.term is not Term.QUESTION:
            print(f"  {each.term.value:22} {each.value:6.2f} times {each.weight:+.2f} = {each.log_odds:+.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

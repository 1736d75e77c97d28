"""Planted questions are recovered within their intervals, and other programs agree (Q13). Run with -s for the figures."""

import girth
import numpy as np
from scipy import stats
from scipy.special import expit

from graph_api.domain.learners.item_analysis.analysis import QuestionFigures, Responses, analyse
from graph_api.domain.learners.item_analysis.cells import Cells, Vector
from graph_api.domain.learners.item_analysis.difficulty import difficulty
from graph_api.domain.learners.item_analysis.discrimination import discrimination
from graph_api.domain.learners.item_analysis.estimates import COVERAGE, Estimate, shares
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Bounds, Layout
from graph_api.domain.parameters.fitting.prediction import foresee
from graph_api.domain.parameters.knowledge_tracing import Parameters

SEEDS = 300
ANSWERS = 300
LEAST = 0.95
PARAMETERS = Parameters(0.3, 0.1, 0.2, 0.1)
PLANTED = ("difficulty", "discrimination", "guess", "slip", "rapid_share")


def holds(figures: QuestionFigures, name: str, truth: float) -> bool:
    """Whether a figure is given, and its interval contains the truth."""
    estimate: Estimate = getattr(figures, name)
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return False
    return estimate.low <= truth <= estimate.high


def truths(level: Vector, p: Vector, guess: float, slip: float, rapid: float) -> dict[str, float]:
    """The planted figures; difficulty and correlation follow from P(correct) of the answers, not from the outcomes."""
    mean = p.mean()
    correlation = ((p - mean) * (level - level.mean())).mean() / (level.std() * np.sqrt(mean * (1 - mean)))
    hard = difficulty(Cells.of(np.zeros(len(p), np.int64), level, p, 1), PARAMETERS).figures.value[0]
    return dict(zip(PLANTED, (float(hard), float(correlation), guess, slip, rapid), strict=True))


def test_planted_questions_are_recovered_in_at_least_95_of_100_seeds() -> None:
    parts, planted = [], []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        guess, slip, rapid = rng.uniform(0.05, 0.4), rng.uniform(0.03, 0.3), rng.uniform(0.02, 0.25)
        level = np.clip(rng.beta(0.7, 0.7, ANSWERS), 0.01, 0.99)
        fast = rng.random(ANSWERS) < rapid
        p = level * (1 - slip) + (1 - level) * guess
        correct = rng.random(ANSWERS) < np.where(fast, 0.25, p)
        seconds = np.where(fast, rng.uniform(0.2, 1.2, ANSWERS), rng.lognormal(3.2, 0.3, ANSWERS))
        parts.append(Responses(np.full(ANSWERS, seed), np.arange(ANSWERS), level, correct, seconds))
        planted.append(truths(level[~fast], p[~fast], guess, slip, rapid))
    columns = (np.concatenate(each) for each in zip(*parts, strict=True))
    figures = analyse(Responses(*columns), PARAMETERS, SEEDS)

    held = np.array(
        [[holds(of, name, truth[name]) for name in PLANTED] for of, truth in zip(figures, planted, strict=True)]
    )
    each = dict(zip(PLANTED, held.mean(axis=0).round(4).tolist(), strict=True))
    print(f"\n{SEEDS} seeds, {ANSWERS} answers: recovered {each}, all five together {held.all(axis=1).mean():.4f}")
    assert held.all(axis=1).mean() >= LEAST


def test_planted_questions_of_a_class_are_recovered_through_their_levels() -> None:
    """Students who learn answer twelve questions in orders of their own; levels are traced as the service does it."""
    seeds, students, questions = 30, 400, 12
    held = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        guess, slip = rng.uniform(0.1, 0.35, questions), rng.uniform(0.03, 0.2, questions)
        used = Parameters(0.35, 0.1, float(guess.mean()), float(slip.mean()))
        known = rng.random(students) < used.prior
        orders = np.argsort(rng.random((students, questions)), axis=1)
        outcomes = np.empty((students, questions), np.bool_)
        for place in range(questions):
            at = orders[:, place]
            outcomes[:, place] = rng.random(students) < np.where(known, 1 - slip[at], guess[at])
            known |= rng.random(students) < used.learn
        student, question, correct = np.repeat(np.arange(students), questions), orders.ravel(), outcomes.ravel()
        histories = Histories.of_answers(student, np.zeros(len(student), int), correct)
        layout = Layout.of(histories, Bounds())
        level = foresee(histories, layout, layout.spread(used))[1]
        responses = Responses(question, student, level, correct, np.full(len(student), np.nan))
        for n, figures in enumerate(analyse(responses, used, questions)):
            held.append((holds(figures, "guess", guess[n]), holds(figures, "slip", slip[n])))
    both = np.array(held)
    print(
        f"\n{seeds} classes: guess {both[:, 0].mean():.4f}, slip {both[:, 1].mean():.4f}, both {both.all(axis=1).mean():.4f}"
    )
    assert both.all(axis=1).mean() >= LEAST


def test_difficulties_agree_with_girth_and_discriminations_rank_as_its_two_parameter_model() -> None:
    rng = np.random.default_rng(5)
    students, questions = 1500, 24
    hard, steep = np.linspace(-1.5, 1.5, questions), rng.permutation(np.linspace(0.4, 2.2, questions))
    used = Parameters(0.3, 0.1, 0.01, 0.01)
    ability = np.clip(rng.normal(size=students), -4, 4)
    level = np.clip((expit(ability) - used.guess) / (1 - used.guess - used.slip), 0.01, 0.99)
    question = np.repeat(np.arange(questions), students)
    levels = np.tile(level, questions)

    rasch = rng.random((questions, students)) < expit(ability - hard[:, None])
    own = difficulty(Cells.of(question, levels, rasch.ravel().astype(float), questions), used).figures.value
    theirs = girth.rasch_mml(rasch.astype(int))["Difficulty"]
    own, theirs = own - own.mean(), theirs - theirs.mean()
    line = np.corrcoef(own, theirs)[0, 1]
    print(f"\ndifficulty and girth.rasch_mml: r {line:.5f}, largest distance {np.abs(own - theirs).max():.3f} logits")
    assert line > 0.995
    assert np.abs(own - theirs).max() < 0.2

    varied = rng.random((questions, students)) < expit(steep[:, None] * (ability - hard[:, None] / 3))
    correlation = discrimination(question, levels, varied.ravel().astype(float), questions).value
    slopes = girth.twopl_mml(varied.astype(int))["Discrimination"]
    rank = stats.spearmanr(correlation, slopes).statistic
    print(f"point-biserial and girth.twopl_mml: rank correlation {rank:.4f}")
    assert rank > 0.95


def test_correlations_and_shares_are_those_of_scipy() -> None:
    rng = np.random.default_rng(6)
    worst = 0.0
    for _ in range(50):
        number = int(rng.integers(20, 300))
        level, correct = rng.random(number), (rng.random(number) < 0.6).astype(float)
        own = discrimination(np.zeros(number, np.int64), level, correct, 1).value[0]
        worst = max(worst, abs(own - stats.pointbiserialr(correct, level).statistic))
        count = int(correct.sum())
        share = shares(np.array([float(count)]), np.array([float(number)]))
        low, high = stats.binomtest(count, number).proportion_ci(COVERAGE, method="wilson")
        assert np.allclose([share.low[0], share.high[0]], [low, high], atol=1e-12)
    print(f"\npoint-biserial and scipy: largest distance {worst:.1e}")
    assert worst < 1e-12

"""What a model expects of every answer before it is seen."""

import numpy as np

from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Kind, Layout, Vector
from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL


def predict(histories: Histories, layout: Layout, parameters: Vector, *, clamped: bool = True) -> Vector:
    """P(correct) of every answer given those before it, shape (answers,); see `foresee`.

    Args:
        histories: the answers.
        layout: what stands where in `parameters`.
        parameters: shape (parameters,).
        clamped: whether the level is kept in [0.01, 0.99] after every answer, as the service does (B3).

    >>> from graph_api.domain.parameters.knowledge_tracing import Parameters
    >>> from graph_api.domain.parameters.fitting.layout import Bounds
    >>> histories = Histories.of_answers(student=[1, 1], target=[0, 0], correct=[True, True])
    >>> layout = Layout.of(histories, Bounds())
    >>> predict(histories, layout, layout.spread(Parameters(0.1, 0.2, 0.25, 0.1))).round(4).tolist()
    [0.315, 0.5286]
    """
    return foresee(histories, layout, parameters, clamped=clamped)[0]


def foresee(histories: Histories, layout: Layout, parameters: Vector, *, clamped: bool = True) -> tuple[Vector, Vector]:
    """P(correct) of every answer given those before it, and the level before it, each of shape (answers,).

    Args:
        histories: the answers.
        layout: what stands where in `parameters`.
        parameters: shape (parameters,).
        clamped: as in `predict`.
    """
    lowest, highest = (LOWEST_LEVEL, HIGHEST_LEVEL) if clamped else (0.0, 1.0)
    blocks = layout.blocks
    prior, learn, guess, slip = (parameters[blocks[kind]] for kind in (Kind.PRIOR, Kind.LEARN, Kind.GUESS, Kind.SLIP))
    forget = parameters[blocks[Kind.FORGET]] if layout.forgetting else np.zeros(layout.targets)
    longest_first = np.argsort(-histories.lengths, kind="stable")
    starts, lengths = histories.starts[:-1][longest_first], histories.lengths[longest_first]
    target = histories.target[longest_first]
    known = np.clip(prior[target], lowest, highest)
    learn, forget = learn[target], forget[target]
    predicted, levels = np.empty(len(histories.correct)), np.empty(len(histories.correct))
    for place in range(int(lengths.max(initial=0))):
        going = int(np.searchsorted(-lengths, -place, side="left"))
        answer = starts[:going] + place
        correct = histories.correct[answer]
        level, unknown = known[:going], 1 - known[:going]
        levels[answer] = level
        right_known, right_unknown = 1 - slip[histories.emission[answer]], guess[histories.emission[answer]]
        predicted[answer] = level * right_known + unknown * right_unknown
        after_known = level * np.where(correct, right_known, 1 - right_known)
        after_unknown = unknown * np.where(correct, right_unknown, 1 - right_unknown)
        evidence = after_known + after_unknown
        posterior = np.where(evidence > 0, after_known / np.where(evidence > 0, evidence, 1), level)
        after = posterior * (1 - forget[:going]) + (1 - posterior) * learn[:going]
        known[:going] = np.clip(after, lowest, highest)
    return predicted, levels

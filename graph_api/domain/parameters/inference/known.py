"""From P(first answer correct) to P(known): the inverse of P(correct) = L(1 - slip) + (1 - L) guess."""

from graph_api.domain.parameters.knowledge_tracing import Parameters, clamp


def p_known(p_correct: float, parameters: Parameters) -> float:
    """The P(known) before the first answer under which P(first answer correct) is `p_correct`, clamped as levels are.

    Args:
        p_correct: 0 to 1.
        parameters: of the target, of which guess and slip are used.

    Source: A. T. Corbett, J. R. Anderson (1995), User Modeling and User-Adapted Interaction 4, 253-278, equation 4.

    >>> round(p_known(0.575, Parameters(prior=0.1, learn=0.2, guess=0.25, slip=0.1)), 6)
    0.5
    """
    return clamp((p_correct - parameters.guess) / (1 - parameters.slip - parameters.guess))

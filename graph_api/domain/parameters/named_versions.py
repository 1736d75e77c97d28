"""Which versions take effect by name: those that won on held-out students, and others by a stated override."""

from enum import StrEnum

from graph_api.domain.failures import InvalidInput


def check_won(set_id: str, verdict: StrEnum | None, winning: StrEnum, *, override: bool) -> None:
    """Refuse a version whose fit did not win, unless the caller states that it shall take effect all the same.

    An id does not show the figures behind it, so a slip would put a worse version into effect unseen.

    Args:
        set_id: the version.
        verdict: of its fit on held-out students; None for a version that came with the service.
        winning: the verdict that a fit takes effect with.
        override: whether any verdict will do.

    Raises:
        InvalidInput: naming the version and its verdict.

    >>> from graph_api.domain.parameters.inference.fit import InferenceResult
    >>> check_won("inference-skill-v2", InferenceResult.BETTER, InferenceResult.BETTER, override=False)
    >>> check_won("inference-skill-v3", InferenceResult.NOT_BETTER, InferenceResult.BETTER, override=True)
    """
    if override or verdict in {None, winning}:
        return
    rule = f"must name a version whose fit was {winning} on held-out students; `override` puts any into effect"
    raise InvalidInput("id", rule, f"{set_id}: {verdict}")

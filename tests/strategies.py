"""Values that tests draw."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from graph_api.domain.answers.order import Order
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.parameters.knowledge_tracing import Parameters

START = datetime(2026, 1, 1, tzinfo=UTC)

levels = st.floats(0.01, 0.99)
probabilities = st.floats(0.001, 0.999)


@st.composite
def parameters(draw: st.DrawFn) -> Parameters:
    """Any valid parameters: guess + slip < 1."""
    guess = draw(st.floats(0.001, 0.998))
    slip = draw(st.floats(0.001, 0.999 - guess))
    return Parameters(draw(probabilities), draw(probabilities), guess, slip)


@st.composite
def histories(draw: st.DrawFn) -> list[Evidence]:
    """Answers with ids of their own, some at the same time and recorded together, in no particular order."""
    ids = draw(st.lists(st.text("abcxyz", min_size=1, max_size=4), unique=True, max_size=25))
    repeated = st.integers(0, 2)
    seconds = draw(st.lists(st.integers(0, 30), min_size=len(ids), max_size=len(ids)))
    return [
        Evidence(
            Order(START + timedelta(seconds=at), START + timedelta(seconds=draw(repeated)), draw(repeated), key),
            draw(st.booleans()),
        )
        for key, at in zip(ids, seconds, strict=True)
    ]

"""Retrievability: the probability of recall after a pause (Q9), apart from the level, which only answers change.

Recall halves with every half-life that passes without practice. A correct answer lengthens the half-life, the more the
less could be recalled at that time, so cramming does little. An incorrect answer halves it. A correct answer when
recall is exactly one half doubles it, as boxes of flash cards do.

References: B. Settles, B. Meeder (2016), "A trainable spaced repetition model for language learning", ACL 2016, for
half-lives and their bounds; S. Leitner (1972), "So lernt man lernen", for doubling and halving; N. J. Cepeda and others
(2006), "Distributed practice in verbal recall tasks", Psychological Bulletin 132, for what spacing does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from graph_api.domain.learners.mastery import Evidence

FIRST = timedelta(days=1)
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=274)
STEP = 2.0
DUE = 0.5


def half_life(evidence: Iterable[Evidence], until: datetime) -> tuple[timedelta, datetime] | None:
    """The half-life after the answers up to a moment, and the time of the last of them; None without answers.

    >>> from graph_api.domain.answers.order import Order
    >>> start = datetime(2026, 1, 1)
    >>> spaced = [Evidence(Order(start + timedelta(days=n)), True) for n in (0, 1, 3)]
    >>> half_life(spaced, start + timedelta(days=9))[0].days
    4
    >>> crammed = [Evidence(Order(start + timedelta(minutes=n)), True) for n in range(3)]
    >>> half_life(crammed, start + timedelta(days=9))[0].days
    1
    """
    life, last = FIRST, None
    for each in sorted(evidence):
        if each.at > until:
            break
        if not each.correct:
            life = life / STEP
        elif last is not None:
            life = life * STEP ** (2 * (1 - recalled(life, each.at - last)))
        life, last = min(max(life, SHORTEST), LONGEST), each.at
    return None if last is None else (life, last)


def recalled(life: timedelta, pause: timedelta) -> float:
    """The probability of recall after a pause: 2 to the power of -pause / half-life, 0..1.

    >>> recalled(timedelta(days=2), timedelta(days=4))
    0.25
    """
    return float(2.0 ** -(max(pause, timedelta(0)) / life))


def retrievability(evidence: Iterable[Evidence], moment: datetime) -> float | None:
    """The probability of recall at a moment, 0..1; None without answers by then."""
    memory = half_life(evidence, moment)
    return None if memory is None else recalled(memory[0], moment - memory[1])

"""The logistic models of the literature, each a choice of terms."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.predictors.design import Design
from graph_api.domain.parameters.predictors.logistic import LogisticFit, fit_logistic
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.parameters.predictors.terms import Term

TARGET = (Term.TARGET, Term.TARGET_RIGHT, Term.TARGET_WRONG)
STUDENT = (Term.STUDENT_RIGHT, Term.STUDENT_WRONG, Term.STUDENT_SHARE)

AFM = (Term.TARGET, Term.TARGET_ATTEMPTS)
"""Additive Factors Model, without its term for the student. H. Cen, K. Koedinger, B. Junker (2006), ITS."""
PFA = TARGET
"""Performance Factors Analysis, with log counts. P. I. Pavlik, H. Cen, K. R. Koedinger (2009), AIED."""
PFA_RECENCY = (*TARGET, Term.TARGET_SHARE)
"""Recent-Performance Factors Analysis. A. Galyardt, I. Goldin (2015), Journal of Educational Data Mining 7."""
LKT = (*PFA_RECENCY, *STUDENT)
"""Logistic Knowledge Tracing with counts of the student. P. I. Pavlik, L. G. Eglington (2021), IEEE TLT 14."""
BEST_LR = (*LKT, Term.QUESTION)
"""Best-LR. T. Gervet, K. Koedinger, J. Schneider, T. Mitchell (2020), Journal of Educational Data Mining 12."""
DAS3H = (Term.TARGET, Term.WINDOWS, *STUDENT, Term.QUESTION)
"""DAS3H, with counts of the student for its ability. B. Choffin, F. Popineau, Y. Bourda, J.-J. Vie (2019), EDM."""
PREDICTOR = (
    *LKT,
    Term.TARGET_STUDENT_RIGHT,
    Term.TARGET_STUDENT_WRONG,
    Term.TARGET_STUDENT_SHARE,
    Term.BKT,
    Term.QUESTION,
)
"""The predictor of the next answer of this service: Best-LR, what knowledge tracing expects, and how much a student's
other answers say about each target."""


def fit_terms(responses: Responses, design: Design, training: NDArray[np.bool_]) -> LogisticFit:
    """The weights of a design, fitted to some rows."""
    if training.all():
        return fit_logistic(design, responses.correct)
    chosen = design._replace(place=design.place[training], value=design.value[training])
    return fit_logistic(chosen, responses.correct[training])


LOGISTIC: Mapping[str, tuple[Term, ...]] = {
    "AFM": AFM,
    "PFA": PFA,
    "PFA_RECENCY": PFA_RECENCY,
    "LKT": LKT,
    "BEST_LR": BEST_LR,
    "DAS3H": DAS3H,
    "PREDICTOR": PREDICTOR,
}
"""The terms of each model by name."""

"""Sets of roles, by what they may see or do."""

from graph_api.domain.principals import Role

STUDENT, TEACHER, ANALYST, SERVICE, ADMIN = Role
ALL_ROLES = frozenset(Role)
STAFF = ALL_ROLES - {STUDENT}
PERSONAL = ALL_ROLES - {ANALYST}
"""What is of one student: the student, who teaches them, and the service that serves them."""
TEACHING = frozenset({TEACHER, SERVICE, ADMIN})
ANSWERING = frozenset({STUDENT, SERVICE, ADMIN})
WHOLE = frozenset({ANALYST, SERVICE, ADMIN})
ANALYSIS = frozenset({ANALYST, ADMIN})
OPERATORS = frozenset({ADMIN})

Rules = dict[str, dict[frozenset[Role], str]]
"""For each type, the fields that each set of roles may select."""

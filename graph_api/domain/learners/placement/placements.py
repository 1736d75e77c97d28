"""A placement as it is stored: a session with the concepts that it covers and the rule of its end."""

from dataclasses import dataclass

from graph_api.domain.learners.placement.questions import PlacementRule
from graph_api.domain.learners.sessions import Session


@dataclass(frozen=True, slots=True)
class Placement:
    """A placement of one student.

    Its answers are the answers of its session. Everything else follows from them.

    Attributes:
        session: the session that collects the answers.
        concept_ids: the concepts that it covers, as they were when it started.
        rule: when it ends.
    """

    session: Session
    concept_ids: tuple[str, ...]
    rule: PlacementRule

    @property
    def id(self) -> str:
        """The id of the session."""
        return self.session.id

    @property
    def student_id(self) -> str:
        """The id of the student."""
        return self.session.student_id

"""What refers to a skill, a concept or a group: what a deletion would remove, and what refuses it."""

from dataclasses import dataclass
from enum import StrEnum


class EditableKind(StrEnum):
    """What can be archived and deleted."""

    SKILL = "SKILL"
    CONCEPT = "CONCEPT"
    GROUP = "GROUP"


@dataclass(frozen=True, slots=True)
class References:
    """The number of objects that refer to one skill, concept or group; what does not apply to a kind is 0.

    The first five are history, which a deletion would lose; a deletion removes the links that the others count.
    Parameter sets stay: they name the target that they were fitted to as text.
    """

    kind: EditableKind
    key: str
    answers: int = 0
    judgements: int = 0
    masteries: int = 0
    sampling_records: int = 0
    students: int = 0
    prerequisites: int = 0
    dependents: int = 0
    concepts: int = 0
    skills: int = 0
    members: int = 0
    teachers: int = 0
    parameter_sets: int = 0

    @property
    def has_history(self) -> bool:
        """Whether data of students refers to it.

        >>> References(EditableKind.SKILL, "cases", concepts=3).has_history
        False
        """
        return bool(self.answers or self.judgements or self.masteries or self.sampling_records)

"""Where a skill or concept comes from: the published framework that it was imported from (D3)."""

from dataclasses import dataclass

from graph_api.domain.text import CODE_LENGTH, DESCRIPTION_LENGTH, text

SOURCE_LENGTH = DESCRIPTION_LENGTH
"""Characters of each value of a source."""


@dataclass(frozen=True, slots=True)
class Source:
    """The framework of a skill or concept, with its address, human code and licence there.

    Attributes:
        framework: the title of the framework.
        course_id: the course that the framework was imported as.
        uri: the address of the item in the framework; None if the file states none.
        code: what people call the item, such as 3.NF.A.1; None if the file states none.
        licence: the title of the licence, or its address; None if the file states none.

    Raises:
        InvalidInput: naming the field, the rule and the value.

    >>> Source("Fractions", "c1", code="3.NF.A.1").code
    '3.NF.A.1'
    """

    framework: str
    course_id: str
    uri: str | None = None
    code: str | None = None
    licence: str | None = None

    def __post_init__(self) -> None:
        text(self.course_id, "source.courseId", CODE_LENGTH)
        for name in ("framework", "uri", "code", "licence"):
            if (value := getattr(self, name)) is not None:
                text(value, f"source.{name}", SOURCE_LENGTH)

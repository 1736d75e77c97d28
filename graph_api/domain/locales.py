"""Sentences for users in several languages: templates with named placeholders and plural forms (Q8)."""

import math
from collections.abc import Iterable, Mapping
from enum import StrEnum
from string import Formatter
from typing import Any

Template = str | Mapping[str, str]
"""A sentence, or its plural forms: one and other."""


class Locale(StrEnum):
    """A language of sentences for users."""

    EN = "EN"
    DE = "DE"


class Phrases(Formatter):
    """The templates of one language.

    Numbers follow the language: the decimal sign, and what stands before the percent sign.

    >>> german = Phrases({"fall": "{name} sinkt um {by:.2f}", "_decimal": ",", "_percent": " %"})
    >>> german.say("fall", name="Verben", by=0.081)
    'Verben sinkt um 0,08'
    >>> days = Phrases({"days": {"one": "{count:.0f} day", "other": "{count:.0f} days"}})
    >>> days.say("days", 1.2), days.say("days", 20)
    ('1 day', '20 days')
    """

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self.templates = templates
        self._decimal, self._percent = str(templates.get("_decimal", ".")), str(templates.get("_percent", "%"))

    def say(self, key: str, count: float | None = None, **values: object) -> str:
        """A sentence. `count` chooses the plural form, rounded as it is shown.

        Raises:
            KeyError: there is no such template, or a value of it is missing.
        """
        template = self.templates[key]
        if not isinstance(template, str):
            template = template["one" if count is not None and round(count) == 1 else "other"]
        return self.format(template, count=count, **values)

    def enumerate(self, items: Iterable[str]) -> str:
        """Items in a row."""
        return ", ".join(items)

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as Formatter has it
        """A value as the language writes it. The format `level` cuts to two digits instead of rounding up."""
        if format_spec == "level":
            value, format_spec = math.floor(value * 100) / 100, ".2f"
        text = str(super().format_field(value, format_spec))
        if isinstance(value, float):
            text = text.replace(".", self._decimal).replace("%", self._percent)
        return text


def placeholders(template: Template) -> set[str]:
    """The names of the placeholders of a template, in any of its forms.

    >>> sorted(placeholders({"one": "{name} once", "other": "{name}: {count:.0f} times"}))
    ['count', 'name']
    """
    forms = [template] if isinstance(template, str) else template.values()
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}

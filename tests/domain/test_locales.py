"""Sentences for users: every language has every sentence, with the same placeholders."""

import pytest

from graph_api.domain.learners.confidence_reasons import ConfidenceReasonKind
from graph_api.domain.learners.mastery import Status
from graph_api.domain.locales import Locale, placeholders
from graph_api.store.locales import read_phrases

ENGLISH, GERMAN = read_phrases(Locale.EN), read_phrases(Locale.DE)


@pytest.mark.parametrize("locale", Locale)
def test_every_language_has_the_same_sentences_and_placeholders(locale: Locale) -> None:
    templates = read_phrases(locale).templates

    assert templates.keys() == ENGLISH.templates.keys()
    for key, template in templates.items():
        assert placeholders(template) == placeholders(ENGLISH.templates[key]), key
        assert isinstance(template, str) is isinstance(ENGLISH.templates[key], str), key
        if not isinstance(template, str):
            assert set(template) == {"one", "other"}, key


@pytest.mark.parametrize("locale", Locale)
def test_every_kind_of_reason_has_a_sentence(locale: Locale) -> None:
    kinds = {f"confidence_{kind.value.lower()}" for kind in ConfidenceReasonKind}
    statuses = {f"status_{status.value.lower()}" for status in Status}
    risks = {
        "falling_trend",
        "falling_topic",
        "root_cause",
        "missed",
        "stuck",
        "never_practised",
        "inactive",
        "rapid_guesses",
    }

    assert kinds | statuses | risks | {"due", "ready", "holds_back"} <= read_phrases(locale).templates.keys()


def test_numbers_and_plurals_follow_the_language() -> None:
    assert ENGLISH.say("due", 1, name="Cases", recall=0.42).startswith("Cases was known and not practised for 1 day: ")
    assert "seit 20 Tagen" in GERMAN.say("inactive", 20.4)
    assert GERMAN.say("falling_trend", before=0.9, recent=0.4).endswith("von 90\u00a0% auf 40\u00a0%")
    assert GERMAN.say("concept", name="Fälle", level=0.4999, status="im Lernen") == "Fälle (Niveau 0,49, im Lernen)"
    assert GERMAN.say("below_inclusive", bound=0.5) == "unter 0,5"


def test_names_with_dots_braces_and_percent_signs_stay_as_they_are() -> None:
    name = "A1.2 {name} 100%"

    assert GERMAN.say("due", 3, name=name, recall=0.5).startswith(f"{name} war bekannt")

"""The templates of sentences for users, out of `seeds/locales/`: one file for each language."""

import tomllib
from functools import cache

from graph_api.domain.locales import Locale, Phrases
from graph_api.store.packaged import packaged


@cache
def read_phrases(locale: Locale) -> Phrases:
    """The templates of a language.

    >>> read_phrases(Locale.DE).say("never_practised")
    'hat noch nie geübt'
    """
    file = packaged("seeds") / "locales" / f"{locale.value.lower()}.toml"
    return Phrases(tomllib.loads(file.read_text(encoding="utf-8")))

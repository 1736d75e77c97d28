"""The language of sentences for users, and the names of what they are about."""

from typing import Annotated

import strawberry

from graph_api.domain.locales import Locale, Phrases
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.store.locales import read_phrases

strawberry.enum(Locale, description="The language of sentences for users.")
describe_values(Locale, EN="English.", DE="German.")

LocaleArgument = Annotated[Locale, strawberry.argument(description="The language of the sentence.")]


def phrases(locale: Locale) -> Phrases:
    """The templates of a language."""
    return read_phrases(locale)


async def name_of(info: Info, target: Target) -> str:
    """The name of a concept or skill; its id or code if it does not exist any more."""
    loaders = info.context.loaders
    load = loaders.concepts.load if target.kind is TargetKind.CONCEPT else loaders.skills.load
    stored = await load(target.key)
    return stored.name if stored else target.key

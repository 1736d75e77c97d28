"""The tags of the course that answers are recorded with, cached under the course's mark.

Every change of a course replaces its mark, in the same transaction. A batch that used cached tags compares their mark
with the one that it reads after it has locked its students, in its own transaction. If they differ, nothing is written,
and the batch runs again with the tags as they are now.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph_api.domain.answers.answers import Answer
from graph_api.store.concepts import read_course_version
from graph_api.store.gateway import Transaction
from graph_api.store.tags import ConceptTags, SkillTags, read_concept_tags, read_skill_tags


class CourseChanged(Exception):
    """The course is not the one any more whose tags a batch has read. Nothing was written."""


class Tags(NamedTuple):
    """Tags of concepts and skills that exist, all read under one mark; empty before the first change of a course.

    `is_fresh`: all were read in the transaction that uses them.
    """

    mark: str = ""
    concepts: Mapping[str, ConceptTags] = {}
    skills: Mapping[str, SkillTags] = {}
    is_fresh: bool = False


class CachedTags:
    """The tags that were read last, and those that were read before under the same mark."""

    def __init__(self) -> None:
        self._cached = Tags()

    def forget(self) -> None:
        """Read all again."""
        self._cached = Tags()

    async def read(self, tx: Transaction, answers: Sequence[Answer], *, is_fresh: bool = False) -> Tags:
        """The tags of what some answers name, at least; on request all from this transaction.

        What is unknown stays missing, and is looked up each time.
        """
        known = Tags() if is_fresh else self._cached
        ids = {key for answer in answers for key in (*answer.concept_ids, *answer.mentioned, *answer.missed)}
        codes = {code for answer in answers for code in answer.skill_codes}
        if known.mark and ids <= known.concepts.keys() and codes <= known.skills.keys():
            return known
        mark = await read_course_version(tx)  # before the tags: a change in between is noticed by its mark
        if mark != known.mark:
            known = Tags(mark, is_fresh=True)
        missing_ids = ids - known.concepts.keys()
        concepts = await read_concept_tags(tx, missing_ids) if missing_ids else {}
        skills = {code: tags for each in concepts.values() for code, tags in each.skills.items()}
        if missing_codes := codes - known.skills.keys() - skills.keys():
            skills |= await read_skill_tags(tx, missing_codes)
        read = known._replace(concepts={**known.concepts, **concepts}, skills={**known.skills, **skills})
        if mark:
            self._cached = read._replace(is_fresh=False)
        return read

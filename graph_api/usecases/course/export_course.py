"""Export courses, groups and parameters: together with students, sessions and answers, what an import needs."""

from collections.abc import AsyncIterator
from datetime import datetime

from graph_api.domain.course.source import Source
from graph_api.domain.operations.export_extent import WHOLE, Extent
from graph_api.domain.operations.export_kinds import LINKS, PARAMETERS
from graph_api.domain.targets import TargetKind
from graph_api.store import concepts, courses, groups, parameter_sets, skills, source_documents
from graph_api.store.gateway import Gateway, Row, Transaction
from graph_api.store.parameter_sets import ParameterSetFilter
from graph_api.usecases.course.course_json import SOURCE_KEYS
from graph_api.usecases.course.graph_formats import links_of, nodes_of

AT_A_TIME = 500


async def export_graph(gateway: Gateway) -> Row:
    """All courses, in the format of `seeds/`: every skill by code, every concept and course by id, with its links.

    `frameworks` has the texts of the frameworks that courses were imported from; it is absent if there are none.
    """

    async def work(tx: Transaction) -> Row:
        texts = {key: await source_documents.read(tx, key) for key in await source_documents.read_course_ids(tx)}
        frameworks = [{"courseId": key, "text": text} for key, text in texts.items()]
        return await _read_course(tx) | ({"frameworks": frameworks} if frameworks else {})

    return await gateway.read(work)


async def _read_course(tx: Transaction) -> Row:
    of_skills = await skills.read_by_codes(tx, await skills.read_codes(tx))
    of_concepts = await concepts.read_by_ids(tx, await concepts.read_ids(tx))
    of_courses = await courses.read_by_ids(tx, await courses.read_ids(tx))
    return {
        "skills": [
            {
                "code": skill.code,
                "name": skill.name,
                "category": skill.category,
                "level": skill.level and skill.level.value,
                "description": skill.description,
                "block": skill.block,
                "year": skill.year,
                **_source(skill.source),
                **_archived(skill.archived_at),
            }
            for _, skill in sorted(of_skills.items())
        ],
        "concepts": [
            {
                "id": concept.id,
                "name": concept.name,
                "skills": sorted(concept.skill_codes or ()),
                "prerequisites": sorted(concept.prerequisite_ids or ()),
                **_source(concept.source),
                **_archived(concept.archived_at),
            }
            for _, concept in sorted(of_concepts.items())
        ],
        "courses": [
            {
                "id": course.id,
                "name": course.name,
                "description": course.description,
                "skills": sorted(course.skill_codes or ()),
                "archivedAt": course.archived_at and course.archived_at.isoformat(),
            }
            for _, course in sorted(of_courses.items())
        ],
    }


def _source(source: Source | None) -> Row:
    """The source of a skill or concept; nothing for one that was made here."""
    return {} if source is None else {"source": {key: getattr(source, name) for key, name in SOURCE_KEYS.items()}}


def _archived(at: datetime | None) -> Row:
    """The moment at which an object was archived; nothing for one that is not."""
    return {} if at is None else {"archived_at": at.isoformat()}


async def export_groups(gateway: Gateway, _extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every group in order of id, with its members, teachers and courses."""
    after = ""
    while page := await gateway.read(
        lambda tx, after=after: groups.read_page(tx, after=after, search=None, include_archived=True, limit=AT_A_TIME)  # type: ignore[misc]
    ):
        for group in page:
            members = await gateway.read(lambda tx, group=group: groups.read_member_ids(tx, group.id))  # type: ignore[misc]
            takes = await gateway.read(lambda tx, group=group: courses.read_ids_of_groups(tx, [group.id]))  # type: ignore[misc]
            yield {
                "id": group.id,
                "name": group.name,
                "student_ids": members,
                "teacher_ids": sorted(group.teacher_ids),
                "archived_at": group.archived_at and group.archived_at.isoformat(),
                "course_ids": takes.get(group.id, []),
            }
        after = page[-1].id


async def export_parameters(gateway: Gateway, _extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every parameter set, oldest version first; then every target that has one of its own in effect.

    A row is of a set (id, name, version, origin, four or five parameters), or of a target (kind, key, the set named on
    it, the active set); the columns of the other are null.
    """
    after: tuple[str, int] = ("", 0)
    sets = []
    while page := await gateway.read(
        lambda tx, after=after: parameter_sets.read_page(tx, ParameterSetFilter(), after=after, limit=AT_A_TIME)  # type: ignore[misc]
    ):
        sets += page
        after = page[-1].name, page[-1].version
    for stored in sorted(sets, key=lambda each: (each.name, each.version)):
        values = stored.parameters
        row = {"id": stored.id, "name": stored.name, "version": stored.version, "origin": stored.origin.value}
        numbers = {name: getattr(values, name) for name in ("prior", "learn", "guess", "slip", "forget")}
        yield NOTHING | row | numbers
    for kind in TargetKind:
        for target in await gateway.read(lambda tx, kind=kind: parameter_sets.read_chosen(tx, kind)):  # type: ignore[misc]
            yield NOTHING | {
                "target_kind": kind.value,
                "target": target.key,
                "named_set_id": target.named,
                "active_set_id": target.active,
            }


async def export_links(gateway: Gateway, _extent: Extent = WHOLE) -> AsyncIterator[Row]:
    """Every link of the course with the names of both ends, in order of type, start and end."""
    course = await gateway.read(_read_course)
    names = {node: values["label"] for node, values in nodes_of(course)}
    for link in sorted(links_of(course)):
        cells = (link.type, link.source.key, link.target.key, names[link.source], names[link.target])
        yield dict(zip(LINKS.names, cells, strict=True))


NOTHING: Row = dict.fromkeys(PARAMETERS.names)

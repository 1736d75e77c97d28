"""The questions of the benchmark of reads, and what they may take."""

from typing import NamedTuple

SPAN = 'by: WEEK, since: "2026-06-08T00:00:00Z", until: "2026-09-01T00:00:00Z"'
"""The twelve weeks before the data end."""


class Question(NamedTuple):
    """One question.

    Attributes:
        name: its letter; h and before are those of the first measurements.
        about: what it reads.
        document: the query.
        ratio: requests per second as a multiple of graphql-yoga's, at least; None: no target.
        server_ms: CPU milliseconds of the server per request, at most; None: no target.
        cached_ratio: as `ratio`, for replies from the cache.
        ahead: on Neo4j, whether to be ahead of gqlgen and @neo4j/graphql (1.0), or level with them (0.9).
    """

    name: str
    about: str
    document: str
    ratio: float | None = None
    server_ms: float | None = None
    cached_ratio: float | None = None
    ahead: float | None = None


def _answers(student_id: str) -> str:
    return (
        f'{{ student(id: "{student_id}") {{ answers(first: 100) {{ pageInfo {{ hasNextPage endCursor }} '
        "nodes { id at correct difficulty conceptIds skillCodes } } } }"
    )


def _heat_map(group_id: str) -> str:
    return f'{{ group(id: "{group_id}") {{ heatmap(kind: CONCEPT) {{ studentIds targetIds levels attempts }} }} }}'


QUESTIONS = (
    Question("a", "nothing", "{ __typename }", ratio=1.3),
    Question(
        "b",
        "the masteries of one student, with concepts and skills",
        """{ student(id: "demo-16") { name masteries(kind: CONCEPT, first: 100) {
             nodes { level status attempts concept { id name skills { code name } } } } } }""",
        ratio=15,
        server_ms=1.0,
        ahead=1.0,
    ),
    Question(
        "c",
        "a class of 30 students on 12 skills",
        """{ group(id: "demo") { name members(first: 30) { nodes { id name masteries(kind: SKILL, first: 20) {
             nodes { level status attempts skill { code name } } } } } } }""",
        ratio=2,
        server_ms=2.5,
        cached_ratio=8,
        ahead=1.0,
    ),
    Question("d", "100 of the 1,000 answers of a student", _answers("history-1000"), ratio=1.2, ahead=0.9),
    Question("d10k", "100 of the 10,000 answers of a student", _answers("history-10000"), ratio=1.2),
    Question("e", "the heat map of 30 students x 54 concepts", _heat_map("demo"), ratio=1.3),
    Question("e2", "the heat map of 1,000 students x 127 concepts", _heat_map("big"), ratio=1.5),
    Question(
        "f",
        "127 concepts with prerequisites, and the levels of a student",
        """{ concepts(first: 200) { nodes { id name prerequisites { id name } } }
             student(id: "demo-16") { masteries(kind: CONCEPT, first: 100) {
               nodes { level status concept { id } } } } }""",
        ratio=20,
        ahead=1.0,
    ),
    Question(
        "g",
        "50 groups with their counts",
        "{ groups(first: 50) { totalCount nodes { id name size teacherIds } } }",
        ratio=1.1,
        ahead=0.9,
    ),
    Question(
        "h",
        "the root causes of a class",
        """{ group(id: "demo") { rootCauses(first: 10) { students causes {
             conceptId score students studentsBlocked studentsWeak concept { name } } } } }""",
        ratio=1.5,
    ),
    Question(
        "skill",
        "the students of a skill",
        """{ skill(code: "grammar_cases") { code name statusCounts(groupId: "demo") { status count share }
             masteries(groupId: "demo", orderBy: LEVEL_ASC, first: 20) {
               totalCount nodes { level status attempts student { id name } } } } }""",
    ),
    Question(
        "trend",
        "twelve weeks of a class",
        f"""{{ group(id: "demo") {{ series(kind: SKILL, {SPAN}) {{ days points {{ meanLevel coverage }} }}
              activity({SPAN}) {{ points {{ day students answers correct timeOnTask }} }} }} }}""",
    ),
    Question(
        "student",
        "the page of a student",
        """{ student(id: "demo-27") { name lastPracticedAt attempts meanLevel groups { id name }
             masteries(kind: CONCEPT, orderBy: LEVEL_ASC, first: 100) {
               nodes { level status attempts target { id name kind } } }
             rootCauses(first: 3) { causes { conceptId score concept { name } blocks { name } } } } }""",
    ),
)
"""The questions of the first measurements, d also on a long history and e on a large class, and three pages."""

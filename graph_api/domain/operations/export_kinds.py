"""The kinds of exports and their columns, each written once: Parquet files, CSV headers and the docs follow them."""

from graph_api.domain.operations.export_columns import ColumnType, ExportColumn, ExportKind, Privacy, kinds_by_name
from graph_api.domain.targets import Target, TargetKind

TEXT, TIME, DAY, TRUTH = ColumnType.TEXT, ColumnType.TIME, ColumnType.DAY, ColumnType.TRUTH
NUMBER, COUNT, JSON = ColumnType.NUMBER, ColumnType.COUNT, ColumnType.JSON
TEXTS, NUMBERS, COUNTS = ColumnType.TEXTS, ColumnType.NUMBERS, ColumnType.COUNTS
HIDDEN = Privacy.HIDDEN


def _required(name: str, kind: ColumnType, meaning: str, privacy: Privacy = Privacy.PLAIN) -> ExportColumn:
    return ExportColumn(name, kind, meaning, privacy=privacy)


def _optional(name: str, kind: ColumnType, meaning: str, privacy: Privacy = Privacy.PLAIN) -> ExportColumn:
    return ExportColumn(name, kind, meaning, is_nullable=True, privacy=privacy)


STUDENT = _required("student_id", TEXT, "the student", Privacy.STUDENT)
TARGET = (
    _optional("concept_id", TEXT, "the concept; null in rows of skills"),
    _optional("skill_code", TEXT, "the skill; null in rows of concepts"),
)


def target_cells(target: Target) -> dict[str, str | None]:
    """The cells of a target in a row that has one column for concepts and one for skills.

    >>> target_cells(Target(TargetKind.SKILL, "cases"))
    {'concept_id': None, 'skill_code': 'cases'}
    """
    is_concept = target.kind is TargetKind.CONCEPT
    return {"concept_id": target.key if is_concept else None, "skill_code": None if is_concept else target.key}


ANSWERS = ExportKind(
    "answers",
    "an answer, in order of student, then of answers",
    (
        _required("id", TEXT, "the event id", Privacy.ANSWER),
        STUDENT,
        _required("at", TIME, "when it was given"),
        _required("recorded_at", TIME, "when the service recorded it"),
        _required("correct", TRUTH, "whether it is correct, as the client stated"),
        _required("concept_ids", TEXTS, "its concepts"),
        _required("skill_codes", TEXTS, "every skill that it counts towards"),
        _optional("session_id", TEXT, "its session", Privacy.SESSION),
        _optional("question_id", TEXT, "its question", Privacy.QUESTION),
        _optional("difficulty", TEXT, "EASY, MEDIUM or HARD, as the client stated"),
        _optional("response_time", NUMBER, "seconds"),
        _optional("semantic_score", NUMBER, "similarity in meaning, 0..1"),
        _optional("keyword_score", NUMBER, "the share of expected keywords, 0..1"),
        _required("mentioned", TEXTS, "the sampled concepts that the answer mentioned"),
        _required("missed", TEXTS, "the sampled concepts that the answer did not mention"),
        _optional("hints", COUNT, "hints used"),
        _optional("attempt", COUNT, "the number of the attempt at the question, from 1"),
        _optional("partial_score", NUMBER, "the share of the points, 0..1"),
        _required("blocks", TEXTS, "the frozen block of each of skill_codes; null without one"),
        _required("years", COUNTS, "the frozen year of each of skill_codes; null without one"),
        _optional("digest", TEXT, "a hash of what the client sent", HIDDEN),
        _required("evidence_id", TEXT, "the evidence parameters that weighed it"),
    ),
    recorded="recorded_at",
)

MASTERY = ExportKind(
    "mastery",
    "the level of a student on a concept or skill, in order of student, kind and key",
    (
        STUDENT,
        *TARGET,
        _required("level", NUMBER, "the probability of mastery, 0..1"),
        _required("attempts", COUNT, "answers that count"),
        _required("correct", COUNT, "those of them that are correct"),
        _required("judgements", COUNT, "judgements of teachers that count"),
        _optional("last_practiced_at", TIME, "when the last answer was given; null without answers"),
        _required("parameter_set_id", TEXT, "the parameter set of the level"),
    ),
    recorded="when the level was last written",
)

SERIES = ExportKind(
    "series",
    "the level of a student on a target at the end of a period, in order of student, target and period",
    (
        STUDENT,
        *TARGET,
        _required("period_start", DAY, "the first day of the period, in the time zone"),
        _required("period_end", TIME, "the last moment of the period: `levelAt` of it is the level"),
        _required("level", NUMBER, "the probability of mastery at the end of the period, 0..1"),
        _required("attempts", COUNT, "answers behind it, from the first one"),
        _required("parameter_set_id", TEXT, "the parameter set of the level"),
    ),
    recorded="when the present level was last written",
)

RECENCY = ExportKind(
    "recency",
    "the recency score of a student on a skill, in order of student and skill",
    (
        STUDENT,
        _required("skill_code", TEXT, "the skill"),
        _required("status", TEXT, "SCORED or INSUFFICIENT_DATA"),
        _optional("score", NUMBER, "0..1; null without enough answers"),
        _optional("interval_low", NUMBER, "the lower end of a 90 % interval; null without a score"),
        _optional("interval_high", NUMBER, "the upper end; null without a score"),
        _required("confidence", TEXT, "LOW, MEDIUM or HIGH"),
        _required("attempts", COUNT, "answers within the lookback"),
        _required("required_attempts", COUNT, "answers that a score needs"),
        _required("use_difficulty", TRUTH, "whether difficulties weigh answers"),
        _required(
            "bucket_days", COUNTS, "the length of each window, in days; the next five lists are of these windows"
        ),
        _required("bucket_attempts", COUNTS, "answers within each window"),
        _required("bucket_correct", COUNTS, "those of them that are correct"),
        _required("bucket_accuracy", NUMBERS, "the weighed share of correct answers, 0..1; 0 if the window is empty"),
        _required("bucket_weight", NUMBERS, "the weight of each window"),
        _required("bucket_contribution", NUMBERS, "accuracy x weight; they sum to the score"),
        _required("as_of", TIME, "the moment at which all windows end"),
        _optional("recorded_at", TIME, "when its run ended; null while the run goes on"),
        _required("run_id", TEXT, "the run that computed it"),
        _required("parameter_set_id", TEXT, "the recency parameters"),
        _required("version", TEXT, "of the algorithm"),
    ),
    recorded="recorded_at",
)

RUNS = ExportKind(
    "runs",
    "a run, newest first",
    (
        _required("id", TEXT, "the run"),
        _required("algorithm", TEXT, "what it does, such as FIT_PARAMETERS"),
        _required("version", TEXT, "of the algorithm"),
        _required("trigger", TEXT, "what started it, such as schedule"),
        _required("status", TEXT, "RUNNING, SUCCESS or FAILED"),
        _required("started_at", TIME, "when it started"),
        _optional("finished_at", TIME, "when it ended; null while it goes on"),
        _required("parameters", JSON, "its parameters"),
        _optional("input", JSON, "the requested students or targets", HIDDEN),
        _optional("output", JSON, "what it did", HIDDEN),
        _optional("error", TEXT, "why it failed; null if it did not", HIDDEN),
    ),
    recorded="finished_at",
)

PARAMETERS = ExportKind(
    "parameters",
    "a parameter set, or a target that has sets of its own; columns of the other are null",
    (
        _optional("id", TEXT, "the parameter set"),
        _optional("name", TEXT, "its name"),
        _optional("version", COUNT, "its version, from 1"),
        _optional("origin", TEXT, "DEFAULT, WRITTEN or FITTED"),
        _optional("prior", NUMBER, "the probability of mastery before the first answer"),
        _optional("learn", NUMBER, "the probability to learn at an answer"),
        _optional("guess", NUMBER, "the probability of a correct answer without mastery"),
        _optional("slip", NUMBER, "the probability of an incorrect answer with mastery"),
        _optional("forget", NUMBER, "the probability to forget at an answer; 0 in the standard model"),
        _optional("target_kind", TEXT, "CONCEPT or SKILL"),
        _optional("target", TEXT, "the concept or skill"),
        _optional("named_set_id", TEXT, "the set that is named on it"),
        _optional("active_set_id", TEXT, "the set that is active for it"),
    ),
)

LINKS = ExportKind(
    "links",
    "a link of the course, in order of type, from_id and to_id",
    (
        _required(
            "type", TEXT, "PREREQUISITE_OF: concept to concept. PART_OF: concept to skill. IN_COURSE: skill to course"
        ),
        _required("from_id", TEXT, "the concept, or the skill"),
        _required("to_id", TEXT, "the concept, skill or course that it leads to"),
        _required("from_name", TEXT, "the name of the first"),
        _required("to_name", TEXT, "the name of the second"),
    ),
)

STUDENTS = ExportKind(
    "students",
    "a student, in order of id",
    (
        _required("id", TEXT, "the student"),
        _required("name", TEXT, "the name; empty if it is not known"),
        _optional(
            "recency_at_session_end", TRUTH, "whether the end of a session computes recency; null: as configured"
        ),
    ),
    is_for_analysts=False,
)

GROUPS = ExportKind(
    "groups",
    "a group, in order of id",
    (
        _required("id", TEXT, "the group"),
        _required("name", TEXT, "its name"),
        _required("student_ids", TEXTS, "its members"),
        _required("teacher_ids", TEXTS, "its teachers"),
        _optional("archived_at", TIME, "when it was archived; null if it is not"),
        _required("course_ids", TEXTS, "the courses that it takes"),
    ),
    is_for_analysts=False,
)

SESSIONS = ExportKind(
    "sessions",
    "a session, in order of student, start and id",
    (
        _required("id", TEXT, "the session"),
        _required("student_id", TEXT, "the student"),
        _required("status", TEXT, "IN_PROGRESS, SUBMITTED, EXPIRED or ABANDONED"),
        _required("started_at", TIME, "when it started"),
        _optional("ended_at", TIME, "when it ended; null in progress"),
    ),
    is_for_analysts=False,
)

JUDGEMENTS = ExportKind(
    "judgements",
    "a judgement of a teacher, in order of student, then of judgements",
    (
        _required("id", TEXT, "the event id"),
        _required("student_id", TEXT, "the student"),
        *TARGET,
        _required("kind", TEXT, "OVERRIDE or PRIOR_LEARNING"),
        _required("level", NUMBER, "the level that it states, 0..1"),
        _required("at", TIME, "from when it counts"),
        _required("recorded_at", TIME, "when the service recorded it"),
        _required("sequence", COUNT, "its place in its call or file"),
        _optional("author", TEXT, "the principal"),
        _required("note", TEXT, "the author's note; may be empty"),
        _optional("revocation_id", TEXT, "the event id of its revocation; null if it counts"),
        _optional("revoked_at", TIME, "when that was recorded"),
        _optional("revoked_by", TEXT, "the principal of the revocation"),
        _optional("revocation_note", TEXT, "its note"),
    ),
    recorded="recorded_at or revoked_at",
    is_for_analysts=False,
)

KINDS = kinds_by_name(
    ANSWERS, MASTERY, SERIES, RECENCY, RUNS, PARAMETERS, LINKS, STUDENTS, GROUPS, SESSIONS, JUDGEMENTS
)
"""Every kind by name."""

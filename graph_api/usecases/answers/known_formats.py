"""Public data sets and exports that are known by their headers, and how to import each."""

from collections.abc import Sequence

_FORMATS: list[tuple[frozenset[str], str]] = [
    (
        frozenset({"content_id", "content_type_id", "answered_correctly"}),
        (
            "Riiid's train.csv: add a column with the tags of questions.csv, then use --student user_id "
            "--correct answered_correctly --order timestamp --question content_id and --skill with your column; "
            "rows with answered_correctly -1 are lectures: use --skip-bad"
        ),
    ),
    (
        frozenset({"timestamp", "solving_id", "question_id", "user_answer", "elapsed_time"}),
        (
            "EdNet KT1: it needs columns for the student, correct and tags (see its file names and questions.csv); use "
            "--student user_id --correct correct --skill tags --tag-separator ';' --at timestamp --time-unit ms "
            "--question question_id --response-time elapsed_time --response-time-unit ms --create-skills"
        ),
    ),
    (
        frozenset({"user_id", "exercise", "time_done", "correct"}),
        (
            "Junyi's log: use --student user_id --correct correct --skill exercise --at time_done --time-unit us "
            "--response-time time_taken --create-skills"
        ),
    ),
    (
        frozenset({"Anon Student Id", "Step Name", "Correct First Attempt"}),
        (
            "a KDD Cup or DataShop step file: use --student 'Anon Student Id' --correct 'Correct First Attempt' "
            "--skill 'KC(Default)' (or the column of your model) --tag-separator '~~' --at 'First Transaction Time' "
            "--time-zone UTC --create-skills; steps without a skill are bad rows: use --skip-bad"
        ),
    ),
    (
        frozenset({"Anon Student Id", "Outcome"}),
        (
            "a DataShop transaction file: use --student 'Anon Student Id' --correct Outcome --skill 'KC (Default)' "
            "(or the column of your model) --at Time --time-zone UTC --create-skills; hints are bad rows: --skip-bad"
        ),
    ),
    (
        frozenset({"QuestionId", "UserId", "IsCorrect"}),
        (
            "Eedi's: use --student UserId --correct IsCorrect --question QuestionId --skill SubjectId "
            "--at DateAnswered --time-zone UTC --create-skills (join the metadata files first)"
        ),
    ),
    (
        frozenset({"concepts", "responses"}),
        "pyKT's sequences, which hold several answers in a row: write one row per answer first",
    ),
    (
        frozenset({"actor", "verb", "object"}),
        "xAPI statements, which cannot be imported yet: write one CSV row per answer first",
    ),
    (
        frozenset({"vendor_guid", "object_type"}),
        "Canvas outcomes, which are a course and not answers",
    ),
    (
        frozenset({"prerequisite", "concept"}),
        "a course file: use graph-api import graph",
    ),
    (
        frozenset({"user_id", "skill_name", "correct", "order_id"}),
        "pyBKT's columns: use --layout pybkt",
    ),
    (
        frozenset({"user_id", "skill_name", "correct"}),
        "ASSISTments' columns: use --layout assistments",
    ),
]


def describe_format(header: Sequence[str]) -> str | None:
    """What a header seems to be and how to import it; None if it is unknown.

    >>> describe_format(["user_id", "skill_name", "correct"])
    "this looks like ASSISTments' columns: use --layout assistments"
    """
    names = set(header)
    for columns, advice in _FORMATS:
        if columns <= names:
            return f"this looks like {advice}"
    if header and all(name[:1].isdigit() or not name for name in header[:1]) and len(header) > 1:
        return "the first line seems to be data: add a header line (hmm-scalable files have none)"
    return None

"""JSON documents of courses: parsed with the line of each error, and without losing a key that occurs twice."""

import json
from itertools import pairwise
from typing import Any

from graph_api.domain.failures import shown
from graph_api.usecases.course.course_file import BadCourseFile


class JsonObject(dict[str, Any]):
    """A JSON object that remembers which keys it was given twice."""

    twice: tuple[str, ...] = ()


def parse_json(name: str, content: bytes) -> Any:  # noqa: ANN401 - whatever the file holds
    """The value of a JSON document; its objects are `JsonObject`.

    Raises:
        BadCourseFile: it is not JSON.
    """
    encoding = json.detect_encoding(content)
    try:
        return json.loads(content.decode(encoding), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fault = f"line {line}: is not {encoding.upper()} (byte 0x{content[error.start]:02X}): save the file as UTF-8"
        raise BadCourseFile([f"{name}: {fault}"]) from error
    except json.JSONDecodeError as error:
        raise BadCourseFile(
            [f"{name}: line {error.lineno}: is not JSON: {error.msg} at column {error.colno}"]
        ) from error
    except RecursionError as error:
        raise BadCourseFile([f"{name}: is nested too deeply"]) from error
    except ValueError as error:
        raise BadCourseFile([f"{name}: is not JSON: {error}"]) from error


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    made = JsonObject(pairs)
    if len(made) < len(pairs):
        keys = sorted(key for key, _ in pairs)
        made.twice = tuple(dict.fromkeys(key for key, following in pairwise(keys) if key == following))
    return made


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def got(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """A value as an error message repeats it: a JSON literal, bounded."""
    return "nothing" if value is None else shown(json.dumps(value, ensure_ascii=True))

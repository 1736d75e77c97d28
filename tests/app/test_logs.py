"""Log lines: one of JSON or of text for each event, whatever it holds, and never in the way of the work."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, os, structlog, sys
from graph_api.app.logs import configure
configure({level!r}, as_json={as_json})
log = structlog.get_logger("test")
{lines}
print("done")
"""


def run(lines: str, *, level: str = "info", as_json: bool = True) -> tuple[str, list[str]]:
    """What a process prints, and its log lines."""
    program = PROGRAM.format(level=level, as_json=as_json, lines=lines)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip(), done.stderr.splitlines()


@pytest.mark.parametrize("as_json", [True, False])
def test_lines_of_the_service_and_of_libraries_have_one_format(*, as_json: bool) -> None:
    lines = "log.info('own', number=1)\nlogging.getLogger('library').warning('theirs %s', 2)\nlog.debug('hidden')"
    _, written = run(lines, as_json=as_json)

    assert len(written) == 2
    if as_json:
        own, theirs = map(json.loads, written)
        assert (own["event"], own["number"], own["level"], own["logger"]) == ("own", 1, "info", "test")
        assert (theirs["event"], theirs["level"], theirs["logger"]) == ("theirs 2", "warning", "library")
        assert own.keys() - {"number"} == theirs.keys()
    else:
        assert ["own" in written[0], "number=1" in written[0], "theirs 2" in written[1]] == [True, True, True]


def test_the_level_holds_for_the_service_and_for_libraries() -> None:
    _, written = run("log.info('a')\nlogging.getLogger('x').info('b')\nlog.warning('c')", level="warning")

    assert [json.loads(line)["event"] for line in written] == ["c"]


@pytest.mark.parametrize("value", ["object()", "chr(0xD800)", "{1: {2}}", "float('nan')", "2**70", "b'bytes'"])
@pytest.mark.parametrize("as_json", [True, False])
def test_whatever_an_event_holds_gives_one_line(value: str, *, as_json: bool) -> None:
    printed, written = run(f"log.info('odd', value={value})", as_json=as_json)

    assert printed == "done"
    assert len(written) == 1
    assert "odd" in written[0]


def test_an_exception_is_in_the_line_of_its_event() -> None:
    _, written = run("try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception('failed')")

    assert "ZeroDivisionError" in json.loads(written[0])["exception"]


@pytest.mark.parametrize("how", ["sys.stderr.close()", "os.close(2)", "os.dup2(os.open('/dev/full', os.O_WRONLY), 2)"])
def test_a_log_that_cannot_be_written_stops_nothing(how: str) -> None:
    printed, _ = run(f"{how}\nfor number in range(3000):\n    log.info('lost', number=number)")

    assert printed == "done"

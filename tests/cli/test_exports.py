"""`graph-api export`: options that cannot be, before the database is reached."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph_api.cli.main import app


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            "answers --since yesterday",
            2,
            "--since: must be a time in ISO 8601, as in 2026-01-31T09:30:00Z, got 'yesterday'",
        ),
        ("mastery --since 2026-01-31T09:30:00", 2, "--since: must have an offset"),
        ("runs --until 2999-01-01T00:00:00Z", 2, "--until: must not be after"),
        ("series --time-zone Mars", 2, "--time-zone: must name a time zone, as in UTC or Europe/Berlin, got 'Mars'"),
        ("answers --role analyst", 1, "role: needs GRAPH_API_PSEUDONYM_KEY, the key of pseudonyms, got 'analyst'"),
    ],
)
def test_options_that_cannot_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: str, code: int, message: str
) -> None:
    monkeypatch.delenv("GRAPH_API_PSEUDONYM_KEY", raising=False)
    monkeypatch.setenv("GRAPH_API_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "rows"

    result = CliRunner().invoke(app, ["export", *arguments.split(), "--out", str(path)])

    assert result.exit_code == code, result.output
    assert message in " ".join(result.output.split())
    assert not path.exists()

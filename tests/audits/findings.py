"""Findings of an audit: packages that are vulnerable, not covered by a report, or under a licence that is not allowed."""

import re
from collections.abc import Collection, Mapping
from typing import Any

Report = Mapping[str, Any]


def vulnerable(report: Report) -> list[str]:
    """The findings in a report of pip-audit.

    >>> vulnerable({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}]})
    ['vulnerable: a 1, X-1, fixed in 2']
    """
    return [
        f"vulnerable: {each['name']} {each['version']}, {finding['id']}, fixed in {', '.join(finding['fix_versions']) or 'none'}"
        for each in report["dependencies"]
        for finding in each.get("vulns", ())
    ]


def unanswered(report: Report) -> list[str]:
    """The packages that a report of pip-audit does not cover.

    >>> unanswered({"dependencies": [{"name": "a", "skip_reason": "not found"}, {"name": "b", "vulns": []}]})
    ['a: not found']
    """
    return [f"{each['name']}: {each['skip_reason']}" for each in report["dependencies"] if "skip_reason" in each]


def not_allowed(licences: Mapping[str, str], allowed: Collection[str]) -> list[str]:
    """The packages that name any licence but the allowed ones, be it as one of several to choose from.

    A licence is an SPDX expression, or classifiers between semicolons.

    >>> not_allowed({"a": "MIT AND (ISC OR MIT)", "b": "MIT; ISC License (ISCL)"}, {"MIT", "ISC", "ISC License (ISCL)"})
    []
    >>> not_allowed({"c": "MIT OR EUPL-1.2", "d": "UNKNOWN"}, {"MIT"})
    ['licence not allowed: c, EUPL-1.2', 'licence not allowed: d, UNKNOWN']
    """
    return [
        f"licence not allowed: {package}, {name}"
        for package, licence in licences.items()
        for clause in licence.split("; ")
        if clause not in allowed
        for name in re.split(r"[()\s]*\b(?:AND|OR)\b[()\s]*|[()]", clause)
        if name and name not in allowed
    ]

"""The guide for failing connections says what the code says: `docs/troubleshooting.md` holds these tables letter by letter."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.catalog import CATALOG, WARNINGS, WSMAN_CODES, FaultText

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "troubleshooting.md"
_STANDS_FOR = {"target": "*device*", "user": "*user*", "authentication": "*authentication*", "detail": "*detail*"}


def table(texts: t.Mapping[str, FaultText]) -> str:
    rows = [f"| `{code}` | {text.seen.format(**_STANDS_FOR)} | {text.next_step} |" for code, text in texts.items()]
    return "\n".join(["| code | what was seen | what to do |", "|---|---|---|", *rows])


def codes() -> str:
    rows = [f"| {number} | `{name}` | `{kind}` |" for number, (kind, name) in sorted(WSMAN_CODES.items())]
    return "\n".join(["| number | name | code here |", "|---|---|---|", *rows])


def part(name: str) -> str:
    """What stands between the marks of a generated part."""
    return PAGE.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- end of {name} -->")[0]


def test_every_failure_is_in_the_guide() -> None:
    assert part("failures") == table(CATALOG), f"Put this between the marks:\n{table(CATALOG)}"


def test_every_warning_is_in_the_guide() -> None:
    assert part("warnings") == table(WARNINGS), f"Put this between the marks:\n{table(WARNINGS)}"


def test_every_code_is_in_the_guide() -> None:
    assert part("codes") == codes(), f"Put this between the marks:\n{codes()}"

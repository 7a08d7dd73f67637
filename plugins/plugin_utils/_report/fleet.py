"""A fleet at a glance, out of what the roles left behind for each device. Pure."""

from __future__ import annotations

import dataclasses
import textwrap
import typing as t

from .._device.document import SCHEMA_VERSION
from .._device.readiness import Finding, findings

State: t.TypeAlias = t.Literal["ready", "not_ready", "unknown", "failed", "unreachable"]
STATES: tuple[State, ...] = ("ready", "not_ready", "unknown", "failed", "unreachable")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One device: its document, what is wrong with it, what was changed and what a change came to grief on."""

    host: str
    state: State
    document: dict[str, t.Any]
    findings: tuple[Finding, ...]
    changes: tuple[dict[str, t.Any], ...] = ()
    error: str | None = None

    def as_dict(self) -> dict[str, t.Any]:
        return {
            "host": self.host,
            "state": self.state,
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
            "changes": list(self.changes),
            "error": self.error,
        }


def row(host: str, audit: t.Mapping[str, t.Any] | None, prepare: t.Mapping[str, t.Any] | None = None) -> Row:
    """One device's row.

    Args:
        host: its inventory name.
        audit: the last result of `device_info` for it; None when there is none.
        prepare: the result of the task that changed something, if one ran.
    """
    document = document_of(audit)
    found = tuple(findings(document))
    kind = document.get("failure", {}).get("kind")
    state: State = kind or ("not_ready" if _has(found, "blocker") else "unknown" if _has(found, "unknown") else "ready")
    changed = prepare is not None and bool(prepare.get("changed"))
    failed = prepare is not None and bool(prepare.get("failed"))
    return Row(
        host=host,
        state=state,
        document=document,
        findings=found,
        changes=tuple(prepare.get("changes") or ()) if prepare is not None and changed and not failed else (),
        error=_message(prepare) if prepare is not None and failed else None,
    )


def document_of(result: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """The device document, or one that says why there is none."""
    if result is not None and isinstance(result.get("device"), dict):
        return dict(result["device"])
    if result is None:
        failure = {"kind": "failed", "message": "No result: the device left the play before it was audited."}
    else:
        kind = "unreachable" if result.get("unreachable") else "failed"
        failure = {"kind": kind, "message": _message(result)}
    return {"schema_version": SCHEMA_VERSION, "gathered": [], "unreadable": {}, "failure": failure}


def by_state(rows: t.Collection[Row]) -> dict[str, list[str]]:
    """The hosts in each state; every state is there."""
    return {state: [row.host for row in rows if row.state == state] for state in STATES}


def summary(rows: t.Collection[Row]) -> str:
    """One sentence."""
    told = ", ".join(f"{len(hosts)} {state.replace('_', ' ')}" for state, hosts in by_state(rows).items() if hosts)
    return f"{len(rows)} device{'' if len(rows) == 1 else 's'}: {told or 'none'}."


def table(rows: t.Collection[Row], width: int = 118) -> str:
    """Host first, then its state and what is behind it; long texts are folded."""
    cells = [(row.host, row.state.replace("_", " "), told(row)) for row in rows]
    host = max([6, *(len(cell[0]) for cell in cells)])
    state = max([5, *(len(cell[1]) for cell in cells)])
    lines = [f"{'DEVICE':<{host}}  {'STATE':<{state}}  WHAT"]
    for name, verdict, texts in cells:
        indent = " " * (host + state + 4)
        wrapped = [line for text in texts for line in textwrap.wrap(text, max(20, width - len(indent)), subsequent_indent="  ")]
        first, *rest = wrapped or [""]
        lines.append(f"{name:<{host}}  {verdict:<{state}}  {first}".rstrip())
        lines.extend(indent + line for line in rest)
    return "\n".join(lines)


def told(row: Row) -> list[str]:
    """What there is to say about a device, a line each."""
    changed = [f"changed: {change['setting']} {change['before']} -> {change['after']}" for change in row.changes]
    error = [f"could not be changed: {row.error}"] if row.error else []
    return [*changed, *error, *(f"{finding}" for finding in row.findings)]


def _has(found: t.Iterable[Finding], kind: str) -> bool:
    return any(finding.kind == kind for finding in found)


def _message(result: t.Mapping[str, t.Any]) -> str:
    """The task's message on one line, without what newer cores put in front of it."""
    text = " ".join(str(result.get("msg") or "no message").split())
    return text.removeprefix("Task failed: ").removeprefix("Action failed: ")

"""What keeps a device from an Autopilot Reset, out of its document. Pure.

Requirements as Microsoft documents them for Windows Autopilot Reset: Entra joined (not hybrid), WinRE enabled, and for the local reset
Windows 10 1709 or later and the policy that shows it on the lock screen.
"""

from __future__ import annotations

import dataclasses
import typing as t

Document: t.TypeAlias = t.Mapping[str, t.Any]
Kind: t.TypeAlias = t.Literal["blocker", "warning", "unknown"]

OLDEST_LOCAL_RESET = 16299  # Windows 10 1709


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or that nobody knows: where in the document, what it means, what to do."""

    kind: Kind
    path: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


def findings(document: Document) -> list[Finding]:
    """Everything that stands against a reset, blockers first. A device that could not be audited has one finding."""
    failure = document.get("failure")
    if failure:
        return [Finding("unknown", "failure", str(failure["message"]))]
    found = [finding for rule in _RULES for finding in rule(document)]
    told = {finding.path for finding in found}
    found += [Finding("unknown", path, f"{path}: {why}") for path, why in document.get("unreadable", {}).items() if path not in told]
    return sorted(found, key=lambda finding: ("blocker", "unknown", "warning").index(finding.kind))


def _winre(document: Document) -> t.Iterator[Finding]:
    part = document.get("winre")
    if part is None:
        return
    state = part.get("state")
    if state == "disabled":
        yield Finding("blocker", "winre.state", "WinRE is disabled.", "The prepare role enables it.")
    elif state == "inconsistent":
        yield Finding("blocker", "winre.state", f"WinRE is inconsistent: {_contradiction(part)}.", "The prepare role tries to enable it.")
    elif state is None:
        yield Finding("unknown", "winre.state", f"WinRE is unknown: {document['unreadable'].get('winre.state', 'not read')}")


def _contradiction(part: t.Mapping[str, t.Any]) -> str:
    xml, tool = part["evidence"]["reagent_xml"], part["evidence"]["reagentc"] or {}
    by_file = "is missing" if xml is None else f"says {'installed' if xml['install_state'] == 1 else 'not installed'}"
    return f"ReAgent.xml {by_file}, reagentc says {tool.get('status') or 'neither'}"


def _join(document: Document) -> t.Iterator[Finding]:
    part = document.get("join")
    if part is None:
        return
    kind = part.get("type")
    if kind == "hybrid":
        yield Finding(
            "blocker", "join.type", "Hybrid joined: Autopilot Reset does not support hybrid-joined devices.", "Only a full wipe resets it."
        )
    elif kind is None:
        yield Finding("unknown", "join.type", f"Join type is unknown: {document['unreadable'].get('join.type', 'not read')}")
    elif kind != "entra":
        yield Finding("blocker", "join.type", f"Not Entra joined ({kind}).", "Autopilot Reset needs an Entra-joined device.")


def _policy(document: Document) -> t.Iterator[Finding]:
    part = document.get("reset_policy")
    if part is None:
        return
    effective = part.get("effective")
    if effective == "blocked":
        why = "no policy allows it" if part.get("state") == "not_configured" else "a policy blocks it"
        yield Finding(
            "warning", "reset_policy.effective", f"The lock screen does not offer Autopilot Reset: {why}.", "The remote route works."
        )


def _windows(document: Document) -> t.Iterator[Finding]:
    part = document.get("os")
    if part is None:
        return
    build, edition = part.get("build"), part.get("edition")
    if isinstance(build, int) and build < OLDEST_LOCAL_RESET:
        yield Finding("blocker", "os.build", f"Windows build {build} is older than 1709 (16299), the first with Autopilot Reset.")
    if isinstance(edition, str) and edition.startswith("Core"):
        yield Finding("blocker", "os.edition", f"Windows Home ({edition}) has no Autopilot Reset.")


_RULES: tuple[t.Callable[[Document], t.Iterator[Finding]], ...] = (_winre, _join, _windows, _policy)

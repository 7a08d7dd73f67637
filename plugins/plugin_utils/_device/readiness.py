"""What keeps a device from an Autopilot Reset, out of its document. Pure.

Requirements as Microsoft documents them for Windows Autopilot Reset: Entra joined (not hybrid), WinRE enabled, and for the local reset
Windows 10 1709 or later and the policy that shows it on the lock screen; for the remote one enrollment in an MDM. That a reset fails with
little battery left is compiled into Windows. A part that was not read, and a value that could not be, is unknown: never good, never bad.
"""

from __future__ import annotations

import dataclasses
import typing as t

Document: t.TypeAlias = t.Mapping[str, t.Any]
Part: t.TypeAlias = t.Mapping[str, t.Any]
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
    found = [*_not_read(document), *_without_answer(document)]
    found += [finding for part, rule in _RULES.items() if isinstance(document.get(part), t.Mapping) for finding in rule(document[part])]
    told = {finding.path for finding in found}
    found += [Finding("unknown", path, f"{path}: {why}") for path, why in document.get("unreadable", {}).items() if path not in told]
    return sorted(found, key=lambda finding: ("blocker", "unknown", "warning").index(finding.kind))


def _not_read(document: Document) -> t.Iterator[Finding]:
    missing = [part for part in _RULES if not isinstance(document.get(part), t.Mapping)]
    if missing:
        yield Finding("unknown", "gathered", f"Not read: {', '.join(missing)}.", "Read the whole document to judge the device.")


# Values that a verdict rests on and that are never null on a device that could be read.
_ESSENTIAL: t.Mapping[str, str] = {
    "winre.state": "WinRE",
    "join.type": "Join type",
    "os.build": "Windows build",
    "os.edition": "Windows edition",
    "reset_policy.effective": "Reset policy",
    "management.enrolled": "MDM enrollment",
    "pending_reboot.pending": "Pending restart",
    "power.on_mains": "Power source",
}


def _without_answer(document: Document) -> t.Iterator[Finding]:
    for path, what in _ESSENTIAL.items():
        part, _unused, key = path.partition(".")
        content = document.get(part)
        if isinstance(content, t.Mapping) and content.get(key) is None:
            yield Finding("unknown", path, f"{what} is unknown: {document.get('unreadable', {}).get(path, 'not read')}")


def _winre(part: Part) -> t.Iterator[Finding]:
    state = part.get("state")
    if state == "disabled":
        yield Finding("blocker", "winre.state", "WinRE is disabled.", "The prepare role enables it.")
    elif state == "inconsistent":
        yield Finding("blocker", "winre.state", f"WinRE is inconsistent: {_contradiction(part)}.", "The prepare role tries to enable it.")


def _contradiction(part: Part) -> str:
    xml, tool = part["evidence"]["reagent_xml"], part["evidence"]["reagentc"] or {}
    by_file = "is missing" if xml is None else f"says {'installed' if xml['install_state'] == 1 else 'not installed'}"
    return f"ReAgent.xml {by_file}, reagentc says {tool.get('status') or 'neither'}"


def _join(part: Part) -> t.Iterator[Finding]:
    kind = part.get("type")
    if kind == "hybrid":
        yield Finding(
            "blocker", "join.type", "Hybrid joined: Autopilot Reset does not support hybrid-joined devices.", "Only a full wipe resets it."
        )
    elif kind not in (None, "entra"):
        yield Finding("blocker", "join.type", f"Not Entra joined ({kind}).", "Autopilot Reset needs an Entra-joined device.")


def _windows(part: Part) -> t.Iterator[Finding]:
    build, edition = part.get("build"), part.get("edition")
    if isinstance(build, int) and build < OLDEST_LOCAL_RESET:
        yield Finding("blocker", "os.build", f"Windows build {build} is older than 1709 (16299), the first with Autopilot Reset.")
    if isinstance(edition, str) and edition.startswith("Core"):
        yield Finding("blocker", "os.edition", f"Windows Home ({edition}) has no Autopilot Reset.")


def _policy(part: Part) -> t.Iterator[Finding]:
    if part.get("effective") == "blocked":
        winner = part.get("winning_provider") or {}
        owner = winner.get("name") or winner.get("id")
        why = "no policy allows it" if part.get("state") == "not_configured" else f"{owner or 'a policy'} blocks it"
        yield Finding(
            "warning", "reset_policy.effective", f"The lock screen does not offer Autopilot Reset: {why}.", "The remote route works."
        )


def _management(part: Part) -> t.Iterator[Finding]:
    if part.get("enrolled") is False:
        yield Finding("warning", "management.enrolled", "Not enrolled in an MDM: the remote route cannot reach it.", "Enroll the device.")


def _updates(part: Part) -> t.Iterator[Finding]:
    breaking = part.get("breaking_reset")
    if breaking:
        yield Finding(
            "warning",
            "updates.breaking_reset",
            f"{breaking['kb']} makes resets roll back.",
            f"Install {breaking['repaired_by']} or a later cumulative update.",
        )


def _reboot(part: Part) -> t.Iterator[Finding]:
    if part.get("pending"):
        who = [name for name, key in (("servicing", "servicing"), ("Windows Update", "windows_update")) if part.get(key)]
        yield Finding("warning", "pending_reboot.pending", f"A restart is pending ({', '.join(who)}).", "Restart it before a reset.")


def _power(part: Part) -> t.Iterator[Finding]:
    if part.get("on_mains") is False:
        charge = part.get("charge_percent")
        left = "" if charge is None else f" ({charge} % left)"
        yield Finding("warning", "power.on_mains", f"On battery{left}: Windows refuses a reset when little is left.", "Plug it in.")


_RULES: t.Mapping[str, t.Callable[[Part], t.Iterator[Finding]]] = {
    "winre": _winre,
    "join": _join,
    "os": _windows,
    "reset_policy": _policy,
    "management": _management,
    "updates": _updates,
    "pending_reboot": _reboot,
    "power": _power,
}

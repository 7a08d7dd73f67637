"""Say why a connection works or does not. Documentation: plugins/modules/remoting_info.py."""

from __future__ import annotations

import datetime
import time
import typing as t
import urllib.request

from ansible.module_utils.parsing.convert_bool import boolean

from ..plugin_utils._remoting import controller, diagnosis, tls
from ..plugin_utils._remoting.faults import RemotingFault, Target, check_bitness, check_powershell
from ..plugin_utils._remoting.session import Session
from ..plugin_utils._task import DeviceTask

# Nothing answered at all: a second connection would only wait for the same.
NOTHING_THERE = frozenset({"name_unknown", "no_route", "no_answer", "refused", "proxy_failed"})
# The client refused the settings.
NOTHING_SENT = frozenset({"encryption_impossible", "certificate_needs_https", "certificate_missing", "no_credentials", "library_missing"})


class ActionModule(DeviceTask):
    ARGUMENTS: t.ClassVar = {}
    _clock: diagnosis.Clock | None = None

    def operate(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        target = self._target()
        connection = self._connection_facts(target)
        facts: dict[str, t.Any] = {"endpoint": None, "account": None, "latency": {"open_ms": None, "command_ms": None}, "unreadable": {}}
        problem: RemotingFault | None = None
        started = time.monotonic()
        try:
            session = self._connect()
            facts["latency"]["open_ms"] = _since(started)
            facts["endpoint"] = diagnosis.versions(session.version_table)
            check_powershell(session.version_table)
            self._describe(session, facts)
            check_bitness(facts["endpoint"]["architecture"])
        except RemotingFault as found:
            problem = found
        seen = self._look(target, connection, problem, facts["unreadable"])
        known = {key: value for key, value in facts.items() if key in ("endpoint", "account") and value is not None}
        unsent = problem is not None and problem.code in NOTHING_SENT
        warnings = [] if unsent else diagnosis.warnings(target, connection, seen, known, self._clock, _now())
        clock = self._clock
        remoting = {
            "works": problem is None,
            "problem": None if problem is None else problem.as_dict(),
            "controller": controller.versions(),
            "target": connection,
            "tls": None if seen is None else diagnosis.certificate(seen),
            **facts,
            "clock": None if clock is None else {"device": diagnosis.stamp(clock.device), "ahead_seconds": round(clock.ahead, 1)},
            "warnings": warnings,
        }
        return {"remoting": remoting, "msg": str(problem) if problem else f"The connection to {target} works; {len(warnings)} warnings."}

    def on_device(self, session: Session, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        raise NotImplementedError("operate does all of it, since it has to survive a connection that fails")

    def _describe(self, session: Session, facts: dict[str, t.Any]) -> None:
        before, started = _now(), time.monotonic()
        reading = session.read({"clock": diagnosis.CLOCK})["clock"]
        facts["latency"]["command_ms"] = _since(started)
        self._clock = diagnosis.clock(reading, before, _now())
        readings = session.read(diagnosis.reads())
        of_session, unreadable = diagnosis.session(readings)
        facts["account"], more = diagnosis.account(readings)
        facts["endpoint"] = {**facts["endpoint"], **of_session}
        facts["unreadable"].update({**unreadable, **more})

    def _connection_facts(self, target: Target) -> dict[str, t.Any]:
        """How the inventory says the device is reached."""
        encryption = str(self._option("message_encryption") or "auto")
        over_tls = target.protocol == "https"
        sealed = encryption == "always" if over_tls else encryption != "never" and target.authentication not in ("basic", "certificate")
        return {
            "address": target.address,
            "port": target.port,
            "protocol": target.protocol,
            "path": str(self._option("path") or "wsman"),
            "user": target.user,
            "authentication": target.authentication,
            "certificate_verification": self._option("cert_validation") != "ignore" if over_tls else None,
            "ca_cert": _text(self._option("ca_cert")),
            "message_encryption": "sealed" if sealed else "tls" if over_tls else "none",
            "channel_binding": target.channel_binding if over_tls else None,
            "proxy": self._through_proxy(target),
            "configuration": str(self._option("configuration_name") or "Microsoft.PowerShell"),
        }

    def _through_proxy(self, target: Target) -> bool:
        """Whether the inventory or the environment names a proxy for this device."""
        if self._option("proxy") is not None:
            return True
        named = target.protocol in urllib.request.getproxies() and not urllib.request.proxy_bypass(target.address)
        as_boolean: t.Any = boolean
        return named and not as_boolean(self._option("ignore_proxy") or False)

    def _look(
        self, target: Target, connection: dict[str, t.Any], problem: RemotingFault | None, unreadable: dict[str, str]
    ) -> tls.Seen | None:
        """The certificate, over a connection of its own that sends no credentials."""
        if target.protocol != "https" or (problem is not None and problem.code in NOTHING_THERE):
            return None
        if connection["proxy"]:
            unreadable["tls"] = "The connection goes through a proxy."
            return None
        try:
            return tls.look(target.address, target.port or 0, connection["ca_cert"])
        except (OSError, ValueError) as error:
            unreadable["tls"] = f"No TLS handshake: {error}."
            return None


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _text(value: t.Any) -> str | None:
    return None if value is None else str(value)

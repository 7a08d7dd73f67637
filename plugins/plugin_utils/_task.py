"""The base of all actions: arguments, native types, refusals, masking, progress. What a task does is in its own file."""

from __future__ import annotations

import abc
import typing as t

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ._changes import ChangeSet
from ._remoting import tls
from ._remoting.faults import RemotingFault, Target, check_powershell, endpoint_of, explain, fault
from ._remoting.session import Session

display = Display()

_Value = t.TypeVar("_Value")

SHORTEST_SECRET = 6  # masking replaces substrings: a shorter secret would blot out ordinary text


class TaskError(Exception):
    """The task cannot do what was asked; the message says what was seen and what to do. `result` goes with it."""

    def __init__(self, message: str, **result: t.Any) -> None:
        super().__init__(message)
        self.result = result


class Task(ActionBase):
    """An action that validates its arguments, runs `operate` and returns documented values."""

    ARGUMENTS: t.ClassVar[t.Mapping[str, t.Mapping[str, t.Any]]]
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = True
    _requires_connection = False
    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        base = super().run(tmp, task_vars)
        if base.get("failed") or base.get("skipped"):
            return base
        self._host = str((task_vars or {}).get("inventory_hostname", ""))
        validate: t.Any = self.validate_argument_spec
        validation, _args = validate(argument_spec={name: dict(option) for name, option in self.ARGUMENTS.items()})
        secrets = {str(secret) for secret in validation._no_log_values} | set(self._connection_secrets())
        try:
            arguments = native(validation.validated_parameters)
            result = {"changed": False, "failed": False, **self.operate(arguments, task_vars or {})}
        except TaskError as error:
            result = {"changed": False, "failed": True, "msg": str(error), **error.result}
        except RemotingFault as fault:
            if fault.lost:
                raise AnsibleConnectionFailure(masked(str(fault), secrets)) from None
            result = {"changed": False, "failed": True, "msg": str(fault), "fault": {"code": fault.code, "next_step": fault.next_step}}
        return masked({**base, **result}, secrets)

    @abc.abstractmethod
    def operate(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """Do the work on native values; return the result's own keys."""

    def progress(self, message: str) -> None:
        """One line that is seen at once, while the task still runs."""
        self.say(f"[{self._host}] {message}")

    def say(self, line: str) -> None:
        display.display(line)

    def changes(self, changes: ChangeSet, header: str) -> dict[str, t.Any]:
        """`changed` and `changes`, and the diff when it was asked for."""
        result: dict[str, t.Any] = {"changed": bool(changes), "changes": changes.as_list()}
        if self._task.diff and changes:
            result["diff"] = changes.diff(header)
        return result

    @property
    def check_mode(self) -> bool:
        return bool(self._task.check_mode)

    def _connection_secrets(self) -> t.Iterator[str]:
        return iter(())


class DeviceTask(Task):
    """A task that talks to the device through the inventory's psrp connection."""

    _requires_connection = True

    def operate(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        return self.on_device(self._open(), arguments)

    @abc.abstractmethod
    def on_device(self, session: Session, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        """Do the work over an open session."""

    def _open(self) -> Session:
        session = self._connect()
        check_powershell(session.version_table)
        return session

    def _connect(self) -> Session:
        """A session on whatever endpoint answers. Raises TaskError for what the play got wrong, RemotingFault for the rest."""
        if self._task.become or getattr(self._connection, "become", None) is not None:
            raise TaskError(
                "become does not work here: commands run in the session of the connection's own user. Remove 'become', and "
                "connect with an administrator of the device."
            )
        transport = str(getattr(self._connection, "transport", ""))
        if transport != "psrp":
            raise TaskError(
                f"The connection of {self._host} is '{transport}'; this collection needs 'psrp'. Set ansible_connection: psrp "
                "(and ansible_port, ansible_psrp_protocol) for Windows devices; other hosts do not belong into this play."
            )
        target = self._target()
        connection: t.Any = self._connection
        try:
            connection._connect()
        except Exception as error:
            raise self._explained(error, target) from error
        return Session(connection.runspace, target)

    @staticmethod
    def _explained(error: Exception, target: Target) -> RemotingFault:
        found = explain(_nearest(error) if isinstance(error, AnsibleError) else error, target)
        if found.code == "connection_lost" and target.protocol == "http" and tls.is_spoken(target.address, target.port or 0):
            return fault("http_to_https_port", target)
        return found

    def _target(self) -> Target:
        option = self._option
        protocol, port = endpoint_of(option("protocol"), option("port"))
        send_cbt = option("negotiate_send_cbt")
        return Target(
            host=self._host,
            address=str(option("remote_addr") or self._host),
            port=port,
            protocol=protocol,
            user=str(option("remote_user") or ""),
            authentication=str(option("auth") or ""),
            channel_binding=send_cbt is None or bool(send_cbt),
        )

    def _option(self, name: str) -> t.Any:
        get_option: t.Any = self._connection.get_option
        try:
            return get_option(name)
        except (KeyError, AnsibleError):
            return None

    def _connection_secrets(self) -> t.Iterator[str]:
        for name in ("remote_password", "certificate_key_password"):
            secret = self._option(name)
            if secret:
                yield str(secret)


def _nearest(error: AnsibleError) -> BaseException:
    """The exception behind the one that the connection plugin raised, which says more."""
    behind: BaseException | None = error.__cause__ or error.__context__
    return behind or t.cast("BaseException", error)


def masked(value: _Value, secrets: t.Iterable[str]) -> _Value:
    """The value without the secrets, wherever in it they stand."""
    remove: t.Callable[[_Value, set[str]], _Value] = remove_values
    return remove(value, {secret for secret in secrets if len(secret) >= SHORTEST_SECRET})


def native(value: t.Any) -> t.Any:
    """Plain str, int, float, bool, list and dict: newer cores hand out tagged subclasses that the client cannot serialize."""
    if value is None or isinstance(value, bool):
        return value
    kinds: tuple[type[t.Any], ...] = (str, int, float, bytes)
    for kind in kinds:
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, t.Mapping):
        return {str(key): native(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [native(item) for item in value]
    raise TaskError(f"An argument holds a {type(value).__name__}, which no option takes.")

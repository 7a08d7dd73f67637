"""The base of all actions: arguments, native types, refusals before anything is opened, faults, masking."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.faults import RemotingFault
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.session import Session
from ansible_collections.autopilot.reset.plugins.plugin_utils._task import DeviceTask, Task, TaskError, masked, native
from ansible_collections.autopilot.reset.tests.unit.actions import PASSWORD, Connection, run
from ansible_collections.autopilot.reset.tests.unit.device import Device
from requests.exceptions import ConnectTimeout

# --- native types


class Text(str):
    """As newer cores hand out their tagged values."""

    __slots__ = ()


class Number(int):
    pass


class Fraction(float):
    pass


class Sequence(list[t.Any]):
    pass


class Table(dict[str, t.Any]):
    pass


def _types(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {(type(key), key): _types(item) for key, item in value.items()}, type(value)
    if isinstance(value, list):
        return [_types(item) for item in value], type(value)
    return value, type(value)


@pytest.mark.parametrize(
    ("tagged", "plain"),
    [
        (Text("x"), "x"),
        (Number(3), 3),
        (Fraction(1.5), 1.5),
        (True, True),
        (None, None),
        (b"x", b"x"),
        (Sequence([Text("a"), Number(1)]), ["a", 1]),
        (Table({Text("k"): Sequence([Table({Text("n"): None})])}), {"k": [{"n": None}]}),
        ((Text("a"),), ["a"]),
    ],
)
def test_subclasses_become_what_they_are(tagged: t.Any, plain: t.Any) -> None:
    assert _types(native(tagged)) == _types(plain)


def test_what_no_option_takes_is_refused() -> None:
    with pytest.raises(TaskError, match="date"):
        native({"when": [datetime.date(2024, 1, 1)]})


def test_values_that_core_has_tagged_lose_their_tags() -> None:
    tagging = pytest.importorskip("ansible.module_utils._internal._datatag._tags", reason="this core does not tag values")
    deprecated = tagging.Deprecated(msg="x")
    value = {"a": deprecated.tag("text"), "b": [deprecated.tag(7)]}
    assert value["a"].__class__ is not str

    assert _types(native(value)) == _types({"a": "text", "b": [7]})


# --- masking


def test_a_secret_is_masked_wherever_it_stands() -> None:
    value: dict[str, t.Any] = {"msg": f"login with {PASSWORD} failed", "deep": [{"x": (PASSWORD,)}, PASSWORD], "n": 1}
    found = masked(value, [PASSWORD])

    assert PASSWORD not in repr(found)
    assert "login with" in found["msg"]
    assert found["n"] == 1


@pytest.mark.parametrize(("secret", "kept"), [("abcde", True), ("abcdef", False), ("", True)])
def test_short_secrets_would_blot_out_ordinary_text(secret: str, kept: bool) -> None:
    assert (masked({"msg": "xabcdefx"}, [secret])["msg"] == "xabcdefx") is kept


# --- actions


class Local(Task):
    """An action without a device that does what the test says."""

    ARGUMENTS: t.ClassVar = {
        "text": {"type": "str"},
        "number": {"type": "int", "default": 3},
        "secret": {"type": "str", "no_log": True},
    }
    work: t.ClassVar[t.Callable[[dict[str, t.Any]], dict[str, t.Any]]] = lambda arguments: {"seen": arguments}

    def operate(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        return type(self).work(arguments)


class OnDevice(DeviceTask):
    ARGUMENTS: t.ClassVar = {"text": {"type": "str"}}
    work: t.ClassVar[t.Callable[[Session], dict[str, t.Any]]] = lambda session: {"version": dict(session.version_table)}

    def on_device(self, session: Session, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        return type(self).work(session)


def fails_with(error: Exception) -> t.Callable[[t.Any], dict[str, t.Any]]:
    def work(_unused: t.Any) -> dict[str, t.Any]:
        raise error

    return work


def doing(base: type[t.Any], work: t.Callable[[t.Any], dict[str, t.Any]]) -> type[t.Any]:
    return type("Doing", (base,), {"work": staticmethod(work)})


def test_arguments_arrive_validated_with_defaults_and_native() -> None:
    found = run(Local, Connection(Device()), {"text": Text("x"), "number": Text("7")})

    assert found["seen"] == {"text": "x", "number": 7, "secret": None}
    assert found["seen"]["text"].__class__ is str
    assert (found["changed"], found["failed"]) == (False, False)


@pytest.mark.parametrize("arguments", [{"nmber": 1}, {"number": "seven"}])
def test_wrong_arguments_fail_before_anything_happens(arguments: dict[str, t.Any]) -> None:
    connection = Connection(Device())

    with pytest.raises(AnsibleError, match=r"nmber|seven|number"):
        run(Local, connection, arguments)
    assert connection.opened == 0


def test_an_action_without_device_opens_no_connection() -> None:
    connection = Connection(Device())
    run(Local, connection)

    assert connection.opened == 0


def test_a_task_error_is_a_failed_result_with_what_goes_with_it() -> None:
    found = run(doing(Local, fails_with(TaskError("It cannot be done.", changed=True, detail=1))), Connection(Device()))

    assert (found["failed"], found["msg"], found["changed"], found["detail"]) == (True, "It cannot be done.", True, 1)


def test_secret_options_are_masked_in_results_and_errors() -> None:
    arguments = {"secret": "hush-hush"}

    assert "hush-hush" not in repr(run(Local, Connection(Device()), arguments))
    assert "hush-hush" not in repr(run(doing(Local, fails_with(TaskError("bad: hush-hush"))), Connection(Device()), arguments))


def test_the_connection_s_password_is_masked_in_results() -> None:
    found = run(doing(OnDevice, lambda _: {"text": [f"net use {PASSWORD}"]}), Connection(Device()))

    assert PASSWORD not in repr(found)
    assert "net use" in found["text"][0]


def test_a_short_password_does_not_blot_out_the_result() -> None:
    assert run(doing(OnDevice, lambda _: {"text": "ab cab"}), Connection(Device(), password="ab"))["text"] == "ab cab"


def test_a_device_task_opens_the_connection_once() -> None:
    connection = Connection(Device())

    assert run(OnDevice, connection)["version"]["PSEdition"] == "Desktop"
    assert connection.opened == 1


@pytest.mark.parametrize("by_variable", [True, False])
def test_become_is_refused_before_the_connection_opens(by_variable: bool) -> None:
    connection = Connection(Device())
    connection.become = object() if by_variable else None
    found = run(OnDevice, connection, become=not by_variable)

    assert found["failed"]
    assert "become" in found["msg"]
    assert connection.opened == 0


@pytest.mark.parametrize("transport", ["ssh", "winrm", "local"])
def test_other_connections_are_refused_before_they_open(transport: str) -> None:
    connection = Connection(Device())
    connection.transport = transport
    found = run(OnDevice, connection)

    assert found["failed"]
    assert f"'{transport}'" in found["msg"]
    assert "ansible_connection: psrp" in found["msg"]
    assert "lab-01" in found["msg"]
    assert connection.opened == 0


def test_async_is_refused() -> None:
    connection = Connection(Device())

    with pytest.raises(AnsibleError, match="async"):
        run(OnDevice, connection, async_val=60)
    assert connection.opened == 0


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_device_that_does_not_answer_is_unreachable(wrapped: bool) -> None:
    connection = Connection(Device())
    connection.failing = ConnectTimeout(f"timed out with {PASSWORD}")
    if wrapped:
        outer = AnsibleError("psrp connection failed")
        outer.__cause__ = connection.failing
        connection.failing = outer

    with pytest.raises(AnsibleConnectionFailure, match=r"192\.0\.2\.7:5986 did not answer") as caught:
        run(OnDevice, connection)
    assert PASSWORD not in str(caught.value)


def test_a_fault_in_the_middle_of_the_work_is_unreachable_too_and_masked() -> None:
    fault = RemotingFault("connection_lost", f"Lost with {PASSWORD}.", "Look.")

    with pytest.raises(AnsibleConnectionFailure, match="Lost with") as caught:
        run(doing(OnDevice, fails_with(fault)), Connection(Device()))
    assert PASSWORD not in str(caught.value)


def test_a_fault_of_the_device_itself_is_a_failed_result() -> None:
    fault = RemotingFault("wrong_bitness", "Seen.", "Do.", lost=False)
    found = run(doing(OnDevice, fails_with(fault)), Connection(Device()))

    assert found["failed"]
    assert found["msg"] == "Seen. Do."
    assert found["fault"] == {"code": "wrong_bitness", "next_step": "Do."}


def test_another_powershell_is_refused_before_any_command() -> None:
    connection = Connection(Device(), version_table={"PSVersion": "7.4.1", "PSEdition": "Core"})
    found = run(OnDevice, connection)

    assert found["fault"]["code"] == "wrong_powershell"
    assert connection.runspace.calls == []

"""The transport with an unchanged client: pypsrp over real sockets, against devices with canned answers."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import socket
import typing as t

import pytest
import requests
from pypsrp.complex_objects import ObjectMeta
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.host import PSHost
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.shell import WinRS
from pypsrp.wsman import WSMan

from tests.integration.transport_fleet import ACCOUNT, CannedDevice, CannedFleet, device
from tests.simulator.boundary import Certificate, ShellRefused
from tests.simulator.transport.recorder import Recorder
from tests.simulator.transport.server import PortBusy, Running, running

Way: t.TypeAlias = t.Literal["basic over HTTP", "NTLM over HTTP", "Negotiate over HTTP", "basic over HTTPS", "Negotiate over HTTPS"]
WAYS: tuple[Way, ...] = t.get_args(Way)


@contextlib.contextmanager
def serving(directory: pathlib.Path, *devices: CannedDevice, recorder: Recorder | None = None) -> t.Iterator[Running]:
    with running(CannedFleet.of(*devices), certificates=directory, recorder=recorder) as run:
        yield run


def connect(run: Running, to: CannedDevice, way: Way | None = None, **options: t.Any) -> WSMan:
    """A client for a device; `way` defaults to what the device has."""
    secure = to.endpoint.https_port is not None
    scheme = (way or "Negotiate").split(" ", maxsplit=1)[0].lower()
    chosen: dict[str, t.Any] = {
        "port": to.endpoint.https_port if secure else to.endpoint.http_port,
        "ssl": secure,
        "auth": scheme,
        "username": ACCOUNT.name,
        "password": ACCOUNT.password,
        "encryption": "never" if scheme == "basic" and not secure else "auto",
        "cert_validation": str(run.authority) if secure else True,
        "reconnection_retries": 0,
    }
    return WSMan(to.address, **(chosen | options))


def for_way(way: Way) -> CannedDevice:
    return device("127.86.1.1", https=way.endswith("HTTPS"), allow_unencrypted=way == "basic over HTTP")


def invoke(wsman: WSMan, *commands: tuple[str, dict[str, t.Any]], **options: t.Any) -> PowerShell:
    """Run one pipeline, a statement for each command, in a pool of its own."""
    with wsman, RunspacePool(wsman) as pool:
        shell = PowerShell(pool)
        for name, arguments in commands:
            shell.add_cmdlet(name).add_parameters(arguments).add_statement()
        shell.invoke(**options)
        return shell


@pytest.mark.parametrize("way", WAYS)
def test_a_pipeline_comes_back(tmp_path: pathlib.Path, way: Way) -> None:
    target = for_way(way)
    with serving(tmp_path, target) as run:
        shell = invoke(connect(run, target, way), ("Echo", {"A": "grüße 🎓", "B": [1, True, None]}), ("Echo", {"A": "second"}))
    assert shell.output == ["grüße 🎓", [1, True, None], "second"]
    assert not shell.had_errors
    assert target.opened == [("admin", "Microsoft.PowerShell")]


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_password_is_refused(tmp_path: pathlib.Path, way: Way) -> None:
    target = for_way(way)
    with serving(tmp_path, target) as run, pytest.raises(AuthenticationError):
        invoke(connect(run, target, way, password=ACCOUNT.password.partition(":")[0]), ("Echo", {"A": 1}))
    assert target.opened == []


@pytest.mark.parametrize("name", [".\\admin", "PC-01\\admin", "ADMIN"])
@pytest.mark.parametrize("way", ["basic over HTTPS", "NTLM over HTTP"])
def test_a_local_account_has_several_spellings(tmp_path: pathlib.Path, way: Way, name: str) -> None:
    target = for_way(way)
    with serving(tmp_path, target) as run:
        assert invoke(connect(run, target, way, username=name), ("Echo", {"A": 1})).output == [1]
    assert target.opened[0][0] == "admin"


def test_an_account_of_another_domain_is_refused(tmp_path: pathlib.Path) -> None:
    target = for_way("NTLM over HTTP")
    with serving(tmp_path, target) as run, pytest.raises(AuthenticationError):
        invoke(connect(run, target, username="CONTOSO\\admin"), ("Echo", {"A": 1}))


@pytest.mark.parametrize(("offered", "way"), [("negotiate", "basic over HTTPS"), ("basic", "Negotiate over HTTPS")])
def test_a_scheme_that_is_not_offered_is_refused(tmp_path: pathlib.Path, offered: str, way: Way) -> None:
    target = device("127.86.1.1", https=True, authentication=frozenset({offered}))
    with serving(tmp_path, target) as run, pytest.raises((AuthenticationError, WinRMTransportError)):
        invoke(connect(run, target, way), ("Echo", {"A": 1}))
    assert target.opened == []


def test_basic_in_the_clear_is_refused_by_default(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1", allow_unencrypted=False)
    with serving(tmp_path, target) as run, pytest.raises(AuthenticationError):
        invoke(connect(run, target, "basic over HTTP"), ("Echo", {"A": 1}))


def test_unsealed_messages_are_refused_by_default(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1", allow_unencrypted=False)
    with serving(tmp_path, target) as run, pytest.raises((AuthenticationError, WinRMTransportError)):
        invoke(connect(run, target, "NTLM over HTTP", encryption="never"), ("Echo", {"A": 1}))
    assert target.opened == []


@pytest.mark.parametrize("certificate", ["self_signed", "expired", "other_name"])
def test_a_certificate_that_is_not_right_stops_the_client(tmp_path: pathlib.Path, certificate: Certificate) -> None:
    target = device("127.86.1.1", https=True, certificate=certificate)
    with serving(tmp_path, target) as run:
        with pytest.raises(requests.exceptions.SSLError):
            invoke(connect(run, target), ("Echo", {"A": 1}))
        assert invoke(connect(run, target, cert_validation=False), ("Echo", {"A": 1})).output == [1]


def test_two_devices_with_the_same_account_name_keep_their_passwords(tmp_path: pathlib.Path) -> None:
    first, second = device("127.86.1.1"), device("127.86.1.2", "PC-02")
    second.endpoint = dataclasses.replace(second.endpoint, accounts=(dataclasses.replace(ACCOUNT, password="other"),))
    with serving(tmp_path, first, second) as run:
        assert invoke(connect(run, first), ("Echo", {"A": 1})).output == [1]
        assert invoke(connect(run, second, password="other"), ("Echo", {"A": 2})).output == [2]
        with pytest.raises(AuthenticationError):
            invoke(connect(run, second), ("Echo", {"A": 3}))


def test_streams_arrive_where_they_belong(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run:
        shell = invoke(connect(run, target), ("Warn", {}), ("Complain", {}), ("Echo", {"A": "after"}))
    assert [str(record) for record in shell.streams.warning] == ["mind the gap"]
    assert [str(record) for record in shell.streams.verbose] == ["said softly"]
    assert [record.activity for record in shell.streams.progress] == ["Preparing modules for first use.", "Counting"]
    assert [(str(record), record.fq_error, record.command_name) for record in shell.streams.error] == [("it hurts", "Canned", "Canned")]
    assert shell.output == ["after"]


def test_a_terminating_error_fails_the_pipeline_and_not_the_pool(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run, connect(run, target) as wsman, RunspacePool(wsman) as pool:
        shell = PowerShell(pool).add_cmdlet("Die")
        shell.invoke()
        assert shell.had_errors
        assert [(str(record), record.fq_error) for record in shell.streams.error] == [("it is over", "Died")]
        assert PowerShell(pool).add_cmdlet("Echo").add_argument(1).invoke() == [1]


def test_an_exit_code_reaches_the_host(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run, connect(run, target) as wsman:
        host = PSHost(None, None, False, "test", None, None, "1.0")
        with RunspacePool(wsman, host=host) as pool:
            PowerShell(pool).add_cmdlet("Exit").add_argument(3).invoke()
        assert host.rc == 3


def test_input_reaches_the_pipeline(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run, connect(run, target) as wsman, RunspacePool(wsman) as pool:
        assert PowerShell(pool).add_cmdlet("Input").invoke(value for value in ("one", 2)) == ["one", 2]


def test_large_values_travel_in_fragments(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    large = "0123456789abcdef" * 40_000
    with serving(tmp_path, target) as run:
        assert invoke(connect(run, target), ("Echo", {"A": large})).output == [large]
        requests_sent = [seen for seen in run.recorder.requests if seen.action in {"Command", "Send"}]
    assert len(requests_sent) > 1
    assert all(seen.received <= 153_600 * 4 for seen in requests_sent)


def test_secure_strings_survive(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run, connect(run, target) as wsman, RunspacePool(wsman) as pool:
        pool.exchange_keys()
        secret = pool.serialize("pa55", ObjectMeta("SS"))
        assert PowerShell(pool).add_cmdlet("Echo").add_parameter("A", secret).invoke() == ["pa55"]


def test_a_number_that_i32_cannot_hold_is_refused(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run:
        with pytest.raises(WSManFaultError) as fault:
            invoke(connect(run, target), ("Echo", {"A": 3_000_000_000}))
        assert fault.value.code == 87
        with connect(run, target) as wsman, RunspacePool(wsman) as pool:
            right = pool.serialize(3_000_000_000, ObjectMeta("I64"))
            assert PowerShell(pool).add_cmdlet("Echo").add_parameter("A", right).invoke() == [3_000_000_000]


def test_a_receive_that_waited_gets_output_and_end_together(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = device("127.86.1.1")
    answers: list[bytes] = []
    with serving(tmp_path, target) as run:
        wsman = connect(run, target)
        send = wsman.transport.send

        def listening(*given: t.Any, **named: t.Any) -> bytes:
            answers.append(send(*given, **named))
            return answers[-1]

        monkeypatch.setattr(wsman.transport, "send", listening)
        assert invoke(wsman, ("Echo", {"A": 1}), ("Sleep", {"Seconds": 0.2})).output == [1]
    states = [b"CommandState/Done" in answer for answer in answers if b"CommandId=" in answer]
    assert states == [False, True]


def test_a_running_pipeline_can_be_stopped(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run, connect(run, target) as wsman, RunspacePool(wsman) as pool:
        shell = PowerShell(pool).add_cmdlet("Sleep").add_argument(60)
        shell.begin_invoke()
        shell.stop()
        assert [seen.state for seen in run.recorder.pipelines] == ["stopped"]
        assert PowerShell(pool).add_cmdlet("Echo").add_argument(1).invoke() == [1]


def test_a_quota_of_shells_is_held(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1", max_shells_per_user=1)
    with serving(tmp_path, target) as run:
        with connect(run, target) as wsman, RunspacePool(wsman):
            assert run.recorder.open_shells["PC-01"] == 1
            with pytest.raises(WSManFaultError) as fault:
                invoke(connect(run, target), ("Echo", {"A": 1}))
            assert fault.value.code == 2150859173
        assert run.recorder.open_shells["PC-01"] == 0
        assert invoke(connect(run, target), ("Echo", {"A": 1})).output == [1]


def test_a_refused_shell_is_the_fault_of_a_real_host(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    target.refuse = ShellRefused(5, "Access is denied. ")
    with serving(tmp_path, target) as run:
        with pytest.raises(WSManFaultError) as fault:
            invoke(connect(run, target), ("Echo", {"A": 1}))
        assert (fault.value.code, fault.value.reason) == (5, "Access is denied.")
        assert run.recorder.open_shells["PC-01"] == 0


def test_a_request_beyond_the_envelope_size_is_413(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1", https=True, max_envelope_kib=150)
    with serving(tmp_path, target) as run:
        with pytest.raises(WinRMTransportError) as refused:
            invoke(connect(run, target, "basic over HTTPS", max_envelope_size=400_000), ("Echo", {"A": "x" * 300_000}))
        assert refused.value.code == 413
        assert invoke(connect(run, target, max_envelope_size=150_000), ("Echo", {"A": "x" * 300_000})).output == ["x" * 300_000]


@pytest.mark.parametrize(("answers", "status"), [("html", 200), ("not_found", 404)])
def test_something_else_can_listen_there(tmp_path: pathlib.Path, answers: t.Literal["html", "not_found"], status: int) -> None:
    target = device("127.86.1.1", answers=answers)
    with serving(tmp_path, target) as run:
        answer = requests.post(f"http://{target.address}:{target.endpoint.http_port}/wsman", timeout=10)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html")
        with pytest.raises(Exception, match=r".") as failed:
            invoke(connect(run, target), ("Echo", {"A": 1}))
        assert not isinstance(failed.value, AssertionError)


def test_a_shell_that_is_gone_is_an_unknown_one(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run, connect(run, target) as first, connect(run, target) as second:
        pool = RunspacePool(first)
        pool.open()
        second.delete(pool.shell.resource_uri, selector_set=pool.shell._selector_set)
        with pytest.raises(WSManFaultError) as fault:
            PowerShell(pool).add_cmdlet("Echo").add_argument(1).invoke()
        assert fault.value.code == 2150858843


def test_a_device_can_be_switched_off_and_on(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run:
        with connect(run, target) as wsman:
            pool = RunspacePool(wsman)
            pool.open()
            target.powered_on = False
            run.refresh(target)
            assert run.recorder.open_shells["PC-01"] == 0
            with pytest.raises(requests.exceptions.ConnectionError):
                PowerShell(pool).add_cmdlet("Echo").add_argument(1).invoke()
        with pytest.raises(requests.exceptions.ConnectionError):
            invoke(connect(run, target), ("Echo", {"A": 1}))
        target.powered_on = True
        run.refresh(target)
        assert invoke(connect(run, target), ("Echo", {"A": 1})).output == [1]


def test_a_busy_port_is_named(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    assert target.endpoint.http_port is not None
    with socket.socket() as taken:
        taken.bind((target.address, target.endpoint.http_port))
        taken.listen()
        with pytest.raises(PortBusy, match=rf"127\.86\.1\.1 port {target.endpoint.http_port} is in use"), serving(tmp_path, target):
            pass


@pytest.mark.parametrize(("way", "others"), [("basic over HTTPS", 3), ("NTLM over HTTP", 6)])
def test_a_pipeline_takes_as_many_requests_as_on_a_real_host(tmp_path: pathlib.Path, way: Way, others: int) -> None:
    target = for_way(way)
    with serving(tmp_path, target) as run:
        invoke(connect(run, target, way), ("Echo", {"A": 1}))
        seen = [request.action for request in run.recorder.requests]
    assert len([action for action in seen if action != "Receive"]) == others
    assert seen.count("Receive") == 3
    assert {request.connection for request in run.recorder.requests} == {1}


def test_the_record_names_commands_and_keeps_secrets(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    record = tmp_path / "record.jsonl"
    with (
        serving(tmp_path / "certificates", target, recorder=Recorder(record)) as run,
        connect(run, target) as wsman,
        RunspacePool(wsman) as pool,
    ):
        PowerShell(pool).add_cmdlet("Echo").add_parameter("Password", "hunter2").add_argument("hunter3").invoke()
        PowerShell(pool).add_script("'hunter4'").invoke()
    text = record.read_text(encoding="utf-8")
    assert "hunter" not in text
    assert "pass:word" not in text
    pipelines = [entry for entry in map(json.loads, text.splitlines()) if entry["event"] == "pipeline"]
    assert [[command["name"] for statement in entry["statements"] for command in statement] for entry in pipelines] == [
        ["Echo"],
        ["<script>"],
    ]
    assert pipelines[0]["statements"][0][0]["arguments"] == ["Password", None]
    assert [entry["state"] for entry in pipelines] == ["completed", "failed"]


def test_a_recorder_can_be_asked_for_values(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target, recorder=Recorder(values=True)) as run:
        invoke(connect(run, target), ("Echo", {"A": "seen"}))
        assert run.recorder.pipelines[0].statements[0][0].values == ("seen",)


def test_cmd_shells_are_refused_with_a_fault(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run, connect(run, target) as wsman:
        with pytest.raises(WSManFaultError) as fault, WinRS(wsman):
            pass
        assert fault.value.code == 2147942402


def test_a_fault_of_the_simulator_does_not_look_like_windows(tmp_path: pathlib.Path) -> None:
    target = device("127.86.1.1")
    with serving(tmp_path, target) as run:
        shell = invoke(connect(run, target), ("Break", {}))
    assert "SIMULATOR FAULT" in str(shell.streams.error[0])

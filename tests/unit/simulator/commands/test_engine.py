"""The engine: binding, errors, pipelines, and what a terminating error does to the rest of a batch."""

from __future__ import annotations

import typing as t

import pytest

from tests.simulator.boundary import Argument, Call
from tests.unit.simulator.driver import call, device, invoke, run

SAY = call("Write-Output", InputObject="said")
BAD = call("Get-Nothing")


@pytest.mark.parametrize(
    ("statement", "identifier"),
    [
        (BAD, "CommandNotFoundException"),
        (call("Get-Item", Wrong=1, LiteralPath="C:\\x"), "NamedParameterNotFound,Microsoft.PowerShell.Commands.GetItemCommand"),
        (call("Get-Item"), "MissingMandatoryParameter,Microsoft.PowerShell.Commands.GetItemCommand"),
        (call("Get-Item", Path="C:\\x", LiteralPath="C:\\x"), "AmbiguousParameterSet,Microsoft.PowerShell.Commands.GetItemCommand"),
        (call("Get-Item", "C:\\x", "C:\\y"), "PositionalParameterNotFound,Microsoft.PowerShell.Commands.GetItemCommand"),
        (call("Get-Item", LiteralPath="C:\\x", Force="yes"), "CannotConvertArgument,Microsoft.PowerShell.Commands.GetItemCommand"),
        (
            call("Get-Variable", Name="x", Scope=["Global"]),
            "CannotConvertArgument,Microsoft.PowerShell.Commands.GetVariableCommand",
        ),
        (
            call("Get-Content", LiteralPath="C:\\x", Encoding="utf-8"),
            "CannotConvertArgumentNoMessage,Microsoft.PowerShell.Commands.GetContentCommand",
        ),
        (
            call("Get-Item", LiteralPath=None),
            "ParameterArgumentValidationErrorNullNotAllowed,Microsoft.PowerShell.Commands.GetItemCommand",
        ),
    ],
)
def test_what_does_not_bind_is_a_terminating_error_and_noted(statement: t.Any, identifier: str) -> None:
    target = device()
    died = run(target, statement).died
    assert died is not None
    assert died.FullyQualifiedErrorId == identifier
    assert len(target.violations) == 1


def test_an_unknown_command_is_worded_as_windows_words_it() -> None:
    died = run(device(), BAD).died
    assert died is not None
    assert str(died).startswith("The term 'Get-Nothing' is not recognized as the name of a cmdlet, function, script file,")
    assert died.TargetObject == "Get-Nothing"
    assert str(died.CategoryInfo) == "ObjectNotFound: (Get-Nothing:String) [], CommandNotFoundException"


def test_a_parameter_twice_is_refused() -> None:
    twice = (Call("Get-Item", False, (Argument("Path", "C:\\x"), Argument("path", "C:\\y"))),)
    died = run(device(), twice).died
    assert died is not None
    assert died.FullyQualifiedErrorId.startswith("ParameterAlreadyBound,")


def test_script_text_is_never_run_and_noted() -> None:
    target = device()
    died = run(target, (Call("Get-Date", is_script=True, arguments=()),)).died
    assert died is not None
    assert died.FullyQualifiedErrorId == "SimulatorNotInContract"
    assert target.violations == ["script text: Get-Date"]


def test_after_a_terminating_error_later_statements_run_unseen() -> None:
    target = device(winre={"state": "disabled"})
    seen = run(target, SAY, BAD, SAY, call("reagentc.exe", "/enable"))
    assert seen.lines == ["said"]
    assert seen.died is not None
    assert target.state.winre.state == "enabled"


def test_error_action_stop_really_ends_the_batch() -> None:
    target = device(winre={"state": "disabled"})
    missing = call("Get-Item", LiteralPath="C:\\none", ErrorAction="Stop")
    seen = run(target, missing, call("reagentc.exe", "/enable"))
    assert seen.died is not None
    assert seen.died.FullyQualifiedErrorId == "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand"
    assert seen.errors == []
    assert target.state.winre.state == "disabled"


@pytest.mark.parametrize("action", ["SilentlyContinue", "Ignore"])
def test_error_actions_that_hide(action: str) -> None:
    seen = run(device(), call("Get-Item", LiteralPath="C:\\none", ErrorAction=action))
    assert (seen.errors, seen.died) == ([], None)


@pytest.mark.parametrize("fault", [2, "get-item", "Get-Item none"])
def test_a_statement_can_be_made_to_die(fault: int | str) -> None:
    target = device(faults={"statement_fails": [fault]})
    seen = run(target, SAY, call("Get-Item", LiteralPath="C:\\none"), SAY)
    assert seen.lines == ["said"]
    assert seen.died is not None
    assert seen.died.FullyQualifiedErrorId == "SimulatedFailure"
    assert target.violations == []


def test_a_fault_with_words_hits_only_the_statement_that_has_them() -> None:
    target = device(faults={"statement_fails": ["Write-Output other"]})
    assert run(target, SAY).lines == ["said"]
    assert run(target, call("Write-Output", InputObject=["x", "the other"])).died is not None


def test_output_flows_down_a_pipeline_and_arrays_are_unrolled() -> None:
    pipeline = call("Write-Output", InputObject=["a", "b"]) + call("Write-Output")
    assert run(device(), pipeline).lines == ["a", "b"]


def test_input_from_the_client_reaches_the_first_command() -> None:
    shell = device().open_runspace("Administrator", "Microsoft.PowerShell")
    assert invoke(shell, call("Write-Output"), piped=("x", "y")).lines == ["x", "y"]


def test_a_command_that_takes_no_input_says_so() -> None:
    target = device()
    seen = run(target, call("Write-Output", InputObject="x") + call("Get-Variable", Name="y"))
    assert seen.ids == ["InputObjectNotBound,Microsoft.PowerShell.Commands.GetVariableCommand"]
    assert target.violations == ["Get-Variable takes no pipeline input"]


def test_a_shell_keeps_its_variables_and_another_has_its_own() -> None:
    target = device()
    shell = target.open_runspace("Administrator", "Microsoft.PowerShell")
    read = call("Get-Variable", Name="LASTEXITCODE", Scope="Global", ValueOnly=True)
    invoke(shell, call("Set-Variable", Name="LastExitCode", Scope="Global", Value="unset"))
    assert invoke(shell, read).lines == ["unset"]
    assert run(target, read).ids == ["VariableNotFound,Microsoft.PowerShell.Commands.GetVariableCommand"]


def test_a_restricted_endpoint_knows_almost_no_command_and_no_script() -> None:
    target = device(endpoint={"language_mode": "no_language"})
    died = run(target, SAY).died
    assert died is not None
    assert died.FullyQualifiedErrorId == "CommandNotFoundException"
    assert target.violations == []
    died = run(target, (Call("1", is_script=True, arguments=()),)).died
    assert died is not None
    assert died.FullyQualifiedErrorId == "ScriptsNotAllowed"


def test_constrained_language_runs_commands() -> None:
    assert run(device(endpoint={"language_mode": "constrained"}), SAY).lines == ["said"]


def test_a_linux_host_has_no_cim_no_registry_and_no_windows_programs() -> None:
    target = device(endpoint={"platform": "linux"})
    for statement in (call("Get-CimInstance", ClassName="Win32_BIOS"), call("reagentc.exe", "/info")):
        died = run(target, statement).died
        assert died is not None
        assert died.FullyQualifiedErrorId == "CommandNotFoundException"
    seen = run(target, call("Get-ItemProperty", LiteralPath="HKLM:\\SOFTWARE\\Microsoft\\Cryptography"))
    assert seen.ids == ["DriveNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand"]

"""What a session's answers say about the connection: any language, any part missing."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting import diagnosis
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.faults import Target
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import Reading
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.tls import Certificate, Seen
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError, RemoteObject
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
TARGET = Target("lab-01", "192.0.2.7", 5986, "https", "CORP\\admin", "ntlm")
PLAIN = Target("lab-01", "192.0.2.7", 5985, "http", "CORP\\admin", "ntlm")
WAY = {"certificate_verification": True, "message_encryption": "tls"}
DENIED = RemoteError("Access is denied.", "System.InvalidOperationException,Microsoft.PowerShell.Commands.GetItemCommand")
USER = "S-1-5-21-1-2-3-1001"
MODE = RemoteObject(("System.Management.Automation.PSLanguageMode", "System.Enum"), {}, "FullLanguage", 0)

words = st.text(st.characters(exclude_characters='"\r\n', codec="utf-8"), max_size=20)


def native(*lines: str) -> Reading:
    return Reading(outputs=(*lines, 0))


def groups(*sids: str, label: str = "Group", attributes: str = "Enabled") -> Reading:
    return native(*(f'"{label}","Alias","{sid}","{attributes}"' for sid in sids))


def leaf(name: str, value: str) -> RemoteObject:
    return RemoteObject(("Microsoft.WSMan.Management.WSManConfigLeafElement",), {"Name": name, "Value": value})


def readings(**changes: Reading) -> dict[str, Reading]:
    usual = {
        "architecture": Reading(outputs=("AMD64",)),
        "user": native(f'"lab-01\\admin","{USER}"'),
        "groups": groups("S-1-5-113", "S-1-5-32-544", "S-1-16-12288"),
        "language": Reading(outputs=(MODE,)),
        "settings": Reading(
            outputs=(leaf("MaxEnvelopeSizekb", "500"), leaf("AllowUnencrypted", "false"), leaf("CbtHardeningLevel", "Strict"))
        ),
    }
    return {**usual, **changes}


def seen(days: float = 365, problem: str | None = None) -> Seen:
    end = NOW + datetime.timedelta(days=days)
    return Seen("TLSv1.3", problem, Certificate("CN=a", "CN=b", ("a",), NOW - datetime.timedelta(days=1), end))


def codes(**changes: t.Any) -> list[str]:
    usual: dict[str, t.Any] = {"target": TARGET, "connection": WAY, "seen": seen(), "facts": {}, "device": None, "now": NOW}
    return [entry["code"] for entry in diagnosis.warnings(**{**usual, **changes})]


@pytest.mark.parametrize(
    ("sids", "rights", "elevated"),
    [
        (("S-1-5-32-544", "S-1-16-12288"), "administrator", True),
        (("S-1-5-32-544", "S-1-16-16384"), "administrator", True),
        (("S-1-5-32-544", "S-1-16-8192"), "filtered_administrator", False),
        (("S-1-5-32-544", "S-1-16-8448"), "filtered_administrator", False),
        (("S-1-5-32-580", "S-1-16-8192"), "none", False),
        (("S-1-5-32-5440", "S-1-16-12288"), "none", True),
        (("S-1-5-32-544",), "filtered_administrator", False),
    ],
)
def test_rights(sids: tuple[str, ...], rights: str, elevated: bool) -> None:
    found, unreadable = diagnosis.account(readings(groups=groups(*sids)))
    assert (found["rights"], found["elevated"], unreadable) == (rights, elevated, {})


@given(label=words, attributes=words)
def test_names_and_attributes_do_not_matter(label: str, attributes: str) -> None:
    told = groups("S-1-5-32-544", "S-1-16-12288", label=label, attributes=attributes)
    assert diagnosis.account(readings(groups=told))[0]["rights"] == "administrator"


@given(lines=st.lists(st.text(max_size=60), max_size=6))
def test_no_output_of_whoami_breaks_it(lines: list[str]) -> None:
    found, unreadable = diagnosis.account(readings(groups=native(*lines), user=native(*lines)))
    assert found["rights"] is not None or "account.rights" in unreadable


@pytest.mark.parametrize(
    ("user", "sids", "needs"),
    [
        (USER, ("S-1-5-113", "S-1-5-32-544", "S-1-16-12288"), True),
        ("S-1-5-21-1-2-3-500", ("S-1-5-113", "S-1-5-32-544", "S-1-16-12288"), False),
        (USER, ("S-1-5-32-544", "S-1-16-12288"), False),
        (USER, ("S-1-5-113", "S-1-5-32-544", "S-1-16-8192"), False),
        ("nothing", ("S-1-5-113", "S-1-5-32-544", "S-1-16-12288"), None),
    ],
)
def test_who_depends_on_the_token_filter_policy(user: str, sids: tuple[str, ...], needs: bool | None) -> None:
    found, _unreadable = diagnosis.account(readings(user=native(f'"x","{user}"'), groups=groups(*sids)))
    assert found["needs_token_filter_policy"] is needs


def test_the_session() -> None:
    found, unreadable = diagnosis.session(readings())
    assert (found["bitness"], found["language_mode"], unreadable) == (64, "FullLanguage", {})
    limits = found["limits"]
    assert (limits["max_envelope_kib"], limits["allow_unencrypted"], limits["channel_binding"]) == (500, False, "Strict")
    assert limits["max_shells_per_user"] is None


@pytest.mark.parametrize(("architecture", "bitness"), [("AMD64", 64), ("ARM64", 64), ("x86", 32), ("X86", 32)])
def test_bitness(architecture: str, bitness: int) -> None:
    assert diagnosis.session(readings(architecture=Reading(outputs=(architecture,))))[0]["bitness"] == bitness


@pytest.mark.parametrize(
    ("key", "path"),
    [("architecture", "endpoint.bitness"), ("language", "endpoint.language_mode"), ("settings", "endpoint.limits")],
)
@pytest.mark.parametrize("reading", [Reading(died=DENIED), Reading(errors=(DENIED,))])
def test_what_cannot_be_read_is_null_and_named(key: str, path: str, reading: Reading) -> None:
    found, unreadable = diagnosis.session(readings(**{key: reading}))
    assert found[path.partition(".")[2]] is None
    assert set(unreadable) == {path}
    assert "Access is denied" in unreadable[path]


@pytest.mark.parametrize("key", ["user", "groups"])
def test_an_account_that_cannot_be_read_is_named(key: str) -> None:
    found, unreadable = diagnosis.account(readings(**{key: Reading(died=DENIED)}))
    path = {"user": "account.sid", "groups": "account.rights"}[key]
    assert found[path.partition(".")[2]] is None
    assert set(unreadable) == {path}


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("2026-03-01T12:00:01.1234567+00:00", 0.123456),
        ("2026-03-01T13:10:01.0000000+01:00", 600),
        ("2026-03-01T12:00:01Z", 0),
        ("2026-03-01T11:59:01-00:00", -60),
    ],
)
def test_the_clock(text: str, ahead: float) -> None:
    found = diagnosis.clock(Reading(outputs=(text,)), NOW, NOW + datetime.timedelta(seconds=2))
    assert found is not None
    assert found.ahead == pytest.approx(ahead)
    assert found.uncertainty == 1


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03-01T12:00:01.1234567", None, 5])
def test_a_clock_that_is_none(text: t.Any) -> None:
    assert diagnosis.clock(Reading(outputs=(text,)), NOW, NOW) is None


def test_a_slow_answer_makes_the_clock_uncertain() -> None:
    late = NOW + datetime.timedelta(seconds=200)
    found = diagnosis.clock(Reading(outputs=("2026-03-01T12:00:00Z",)), NOW, late)
    assert found is not None
    assert not found.differs
    assert dataclasses.replace(found, uncertainty=1).differs


@pytest.mark.parametrize(("days", "expected"), [(29, ["certificate_expiring"]), (31, []), (-1, [])])
def test_a_certificate_about_to_expire(days: int, expected: list[str]) -> None:
    assert codes(seen=seen(days)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"connection": {**WAY, "certificate_verification": False}}, ["verification_off"]),
        ({"target": dataclasses.replace(TARGET, channel_binding=False)}, ["channel_binding_off"]),
        (
            {"target": dataclasses.replace(PLAIN, authentication="basic"), "connection": {"message_encryption": "none"}},
            ["password_in_the_clear"],
        ),
        ({"target": PLAIN, "connection": {"message_encryption": "none"}}, ["messages_in_the_clear"]),
        ({"target": PLAIN, "connection": {"message_encryption": "sealed"}}, []),
        ({"device": diagnosis.Clock(NOW, -60.5, 1)}, []),
        ({"device": diagnosis.Clock(NOW, -62.5, 1)}, ["clock_differs"]),
        ({"facts": {"account": {"rights": "none"}}}, ["not_administrator"]),
        ({"facts": {"account": {"rights": "filtered_administrator"}}}, ["filtered_administrator"]),
        ({"facts": {"account": {"rights": "administrator", "needs_token_filter_policy": True}}}, ["token_filter_policy"]),
        ({"facts": {"account": {"rights": None}}}, []),
        ({"facts": {"endpoint": {"language_mode": "ConstrainedLanguage"}}}, ["constrained_language"]),
        ({"facts": {"endpoint": {"language_mode": "FullLanguage"}}}, []),
        ({"seen": None}, []),
    ],
)
def test_warnings(changes: dict[str, t.Any], expected: list[str]) -> None:
    assert codes(**changes) == expected


def test_a_certificate_that_is_not_verified_says_what_verification_would_have_said() -> None:
    (entry,) = diagnosis.warnings(TARGET, {**WAY, "certificate_verification": False}, seen(problem="certificate_name"), {}, None, NOW)
    assert "certificate_name" in entry["seen"]
    assert entry["next_step"]

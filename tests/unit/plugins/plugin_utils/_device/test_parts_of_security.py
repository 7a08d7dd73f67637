"""BitLocker, Wi-Fi, administrators, recovery customizations, packages and remoting: whatever comes, no part raises or turns friendly."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._device import (
    administrators,
    bitlocker,
    packages,
    recovery,
    remoting,
    wifi,
)
from ansible_collections.autopilot.reset.plugins.plugin_utils._device.facts import Unreadable
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.command import Typed
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import Pipe, Reading
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError, RemoteObject
from hypothesis import given
from hypothesis import strategies as st

DENIED = Reading(errors=(RemoteError("Denied", "X,Y", exception="System.UnauthorizedAccessException"),))
GONE = Reading(errors=(RemoteError("Cannot find path", "PathNotFound,X"),))
EMPTY = Reading()
ROOT = "C:\\Windows"

ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 2**32), st.floats(allow_nan=False), st.text(max_size=8), st.binary(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.builds(lambda value: RemoteObject(("X",), {"Y": 1}, text="x", value=value), inner),
    ),
    max_leaves=4,
)


def thing(**properties: t.Any) -> RemoteObject:
    return RemoteObject(("X",), properties)


def one(**properties: t.Any) -> Reading:
    return Reading((thing(**properties),))


def is_fine(value: t.Any, fits: t.Callable[[t.Any], bool]) -> bool:
    return isinstance(value, Unreadable) or fits(value)


# --- BitLocker


def volumes(*found: RemoteObject) -> t.Any:
    return bitlocker.parse({"volumes": Reading(found), "protectors": EMPTY})["volumes"]


def keys(reading: Reading) -> t.Any:
    return bitlocker.parse({"volumes": EMPTY, "protectors": reading})["recovery_key_ids"]


@pytest.mark.parametrize(("status", "word"), [(0, "off"), (1, "on"), (2, "unknown")])
def test_protection_in_words(status: int, word: str) -> None:
    assert volumes(thing(DriveLetter="C:", ProtectionStatus=status, DeviceID="v")) == [{"drive": "C:", "protection": word, "id": "v"}]


@given(ANYTHING.filter(lambda value: value not in (0, 1, 2) or isinstance(value, bool)))
def test_any_other_protection_is_unreadable(status: t.Any) -> None:
    (volume,) = volumes(thing(DriveLetter="C:", ProtectionStatus=status, DeviceID="v"))
    plain = status.value if isinstance(status, RemoteObject) else status
    known = isinstance(plain, int) and not isinstance(plain, bool) and plain in (0, 1, 2)
    assert known or isinstance(volume["protection"], Unreadable)


def test_volumes_come_in_the_order_of_their_letters_and_may_have_none() -> None:
    found = volumes(*(thing(DriveLetter=letter, ProtectionStatus=0, DeviceID="v") for letter in ("D:", None, "C:")))
    assert [volume["drive"] for volume in found] == ["C:", "D:", None]


@pytest.mark.parametrize("ids", ["{5b0c4c39-a}", ["{5b0c4c39-a}"], ["5B0C4C39-A"]])
def test_key_ids_are_upper_case_without_braces(ids: t.Any) -> None:
    assert keys(one(ReturnValue=0, VolumeKeyProtectorID=ids)) == ["5B0C4C39-A"]


@pytest.mark.parametrize("ids", [None, []])
def test_an_encrypted_drive_without_a_recovery_password_has_no_ids(ids: t.Any) -> None:
    assert keys(one(ReturnValue=0, VolumeKeyProtectorID=ids)) == []


def test_bitlocker_that_was_never_on_has_no_keys() -> None:
    assert keys(one(ReturnValue=0x80310008)) == []


@pytest.mark.parametrize(("code", "words"), [(0x80310000, "FVE_E_LOCKED_VOLUME"), (0x80070057, "E_INVALIDARG"), (0x80041001, "0x80041001")])
def test_a_method_that_failed_is_explained(code: int, words: str) -> None:
    found = keys(one(ReturnValue=code))
    assert isinstance(found, Unreadable)
    assert words in found.reason


@given(ANYTHING, ANYTHING)
def test_whatever_the_method_gives_keys_are_ids_or_unreadable(code: t.Any, ids: t.Any) -> None:
    found = keys(one(ReturnValue=code, VolumeKeyProtectorID=ids))
    assert is_fine(found, lambda value: isinstance(value, list) and all(isinstance(each, str) and each for each in value))
    if code != 0 and code != 0x80310008:
        plain = code.value if isinstance(code, RemoteObject) else code
        assert plain in (0, 0x80310008) or isinstance(found, Unreadable)


@pytest.mark.parametrize("reading", [EMPTY, DENIED, Reading((thing(ReturnValue=0), thing(ReturnValue=0)))])
def test_no_answer_and_two_answers_are_no_answer(reading: Reading) -> None:
    assert isinstance(keys(reading), Unreadable)


def test_only_ids_of_recovery_passwords_of_the_system_drive_are_asked_for() -> None:
    pipe = bitlocker.reads("D:\\Windows")["protectors"]
    assert isinstance(pipe, Pipe)
    volume, method = pipe.statement
    assert volume.parameters["Filter"] == "DriveLetter='D:'"
    assert method.parameters == {"MethodName": "GetKeyProtectors", "Arguments": {"KeyProtectorType": Typed("U32", 3)}}


# --- Wi-Fi


def profiles(*outputs: t.Any, errors: tuple[RemoteError, ...] = ()) -> t.Any:
    return wifi.parse({"names": Reading(outputs, errors)})["profiles"]


@given(st.lists(st.text(min_size=1)))
def test_names_of_any_script_come_once_and_sorted(names: list[str]) -> None:
    assert profiles(*names) == sorted(set(names))


def test_a_device_without_wifi_has_no_profiles() -> None:
    assert wifi.parse({"names": GONE})["profiles"] == []


@given(ANYTHING.filter(lambda value: not isinstance(value, (str, RemoteObject))))
def test_a_name_that_is_no_text_is_unreadable_and_not_repeated(name: t.Any) -> None:
    found = profiles("School", name)
    assert isinstance(found, Unreadable)
    assert found.reason == profiles(None).reason


def test_an_error_s_words_are_not_repeated_since_they_may_quote_the_profile() -> None:
    found = profiles("School", errors=(RemoteError("<keyMaterial>secret</keyMaterial>", "ProcessingFile,Select"),))
    assert isinstance(found, Unreadable)
    assert "secret" not in found.reason
    assert "ProcessingFile" in found.reason


# --- administrators

BUILT_IN = "S-1-5-21-1-2-3-500"
OTHER = "S-1-5-21-1-2-3-1001"


def account(**changes: t.Any) -> RemoteObject:
    given: dict[str, t.Any] = {"Name": "a", "Domain": "PC", "SID": OTHER, "LocalAccount": True, "Disabled": False, **changes}
    return thing(**{name: value for name, value in given.items() if value is not ...})


def admins(policies: Reading, *members: RemoteObject) -> dict[str, t.Any]:
    return administrators.parse({"policies": policies, "members": Reading(members)})


@pytest.mark.parametrize(
    ("policies", "member", "rights"),
    [
        ({}, account(), "filtered"),
        ({"LocalAccountTokenFilterPolicy": 0}, account(), "filtered"),
        ({"LocalAccountTokenFilterPolicy": 1}, account(), "full"),
        ({}, account(SID=BUILT_IN), "full"),
        ({"FilterAdministratorToken": 1}, account(SID=BUILT_IN), "filtered"),
        ({"FilterAdministratorToken": 1, "LocalAccountTokenFilterPolicy": 1}, account(SID=BUILT_IN), "full"),
        ({}, account(LocalAccount=False, SID="S-1-5-21-9-9-9-1107"), "full"),
        ({}, account(LocalAccount=False, SID="S-1-5-21-9-9-9-500"), "full"),
    ],
)
def test_what_an_administrator_is_worth_over_the_network(policies: dict[str, int], member: RemoteObject, rights: str) -> None:
    (found,) = admins(one(**policies), member)["accounts"]
    assert found["remote_rights"] == rights


def test_the_built_in_administrator_is_one_of_this_device() -> None:
    found = admins(EMPTY, account(SID=BUILT_IN), account(SID="S-1-5-21-9-9-9-500", LocalAccount=False), account())["accounts"]
    assert {one["sid"]: one["built_in"] for one in found} == {BUILT_IN: True, "S-1-5-21-9-9-9-500": False, OTHER: False}


def test_a_policy_that_could_not_be_read_hides_the_rights_of_local_accounts_only() -> None:
    found = admins(DENIED, account(), account(SID="S-1-5-21-9-9-9-7", LocalAccount=False))
    assert isinstance(found["token_filtering"], Unreadable)
    assert [isinstance(one["remote_rights"], Unreadable) for one in found["accounts"]] == [True, False]


@given(ANYTHING, st.sampled_from(["LocalAccountTokenFilterPolicy", "FilterAdministratorToken"]))
def test_a_policy_of_any_kind_never_gives_full_rights_but_by_1(value: t.Any, name: str) -> None:
    (found,) = admins(one(**{name: value}), account())["accounts"]
    plain = value.value if isinstance(value, RemoteObject) else value
    if name == "LocalAccountTokenFilterPolicy" and plain == 1 and not isinstance(plain, (bool, float)):
        assert found["remote_rights"] == "full"
    else:
        assert is_fine(found["remote_rights"], lambda rights: rights == "filtered")


@given(ANYTHING, st.sampled_from(["Name", "Domain", "SID", "LocalAccount", "Disabled"]))
def test_a_member_of_any_kind_is_described_or_unreadable(value: t.Any, name: str) -> None:
    (found,) = admins(EMPTY, account(**{name: value}))["accounts"]
    for key in ("name", "domain", "sid"):
        assert is_fine(found[key], lambda text: isinstance(text, str) and bool(text))
    for key in ("local", "built_in", "disabled"):
        assert is_fine(found[key], lambda flag: isinstance(flag, bool))


@pytest.mark.parametrize("missing", ["SID", "LocalAccount"])
def test_without_sid_or_kind_the_rights_are_unknown(missing: str) -> None:
    (found,) = admins(EMPTY, account(**{missing: ...}))["accounts"]
    assert isinstance(found["remote_rights"], Unreadable)


@pytest.mark.parametrize("members", [EMPTY, DENIED])
def test_a_group_without_members_cannot_be(members: Reading) -> None:
    found = administrators.parse({"policies": EMPTY, "members": members})
    assert isinstance(found["accounts"], Unreadable)


# --- recovery customizations


def test_files_in_the_recovery_folders() -> None:
    found = recovery.parse({"packages": Reading((thing(Name="b.ppkg"), thing(Name="a.ppkg"))), "auto_apply": GONE})
    assert found == {"packages": ["a.ppkg", "b.ppkg"], "auto_apply": []}


@given(ANYTHING)
def test_an_item_of_any_name_is_listed_or_hides_the_list(name: t.Any) -> None:
    found = recovery.parse({"packages": Reading((thing(Name="a.ppkg"), thing(Name=name))), "auto_apply": DENIED})
    assert isinstance(found["auto_apply"], Unreadable)
    assert is_fine(found["packages"], lambda names: len(names) == 2 and all(isinstance(each, str) and each for each in names))


# --- packages

ID = "c9e2a1b0-5d4f-4e3a-8b7c-6d5e4f3a2b1c"


def package(**changes: t.Any) -> RemoteObject:
    return thing(**{"PackageId": ID, "PackageName": "School", "Version": "1.2", **changes})


def listed(*outputs: t.Any, errors: tuple[RemoteError, ...] = (), died: RemoteError | None = None) -> t.Any:
    return packages.parse({"installed": Reading(outputs, errors, died)})["installed"]


@pytest.mark.parametrize("given", [ID, f"{{{ID}}}", ID.upper(), RemoteObject(("System.Guid",), {}, text=ID)])
def test_a_package_has_one_id_however_it_comes(given: t.Any) -> None:
    assert listed(package(PackageId=given)) == [{"id": ID.upper(), "name": "School", "version": "1.2", "owner": None, "rank": None}]


def test_a_version_or_an_owner_may_be_an_object() -> None:
    version = RemoteObject(("System.Version",), {"Major": 1}, text="1.2")
    owner = RemoteObject(("Some.Enum", "System.Enum"), {}, text="ITAdmin", value=3)
    (found,) = listed(package(Version=version, OwnerType=owner, Rank=0))
    assert (found["version"], found["owner"], found["rank"]) == ("1.2", "ITAdmin", 0)


@given(ANYTHING, st.sampled_from(["PackageId", "PackageName", "Version", "OwnerType", "Rank"]))
def test_a_package_of_any_kind_is_described_or_unreadable(value: t.Any, name: str) -> None:
    (found,) = listed(package(**{name: value}))
    assert is_fine(found["id"], lambda text: text == ID.upper())
    assert is_fine(found["name"], lambda text: isinstance(text, str) and bool(text))
    assert is_fine(found["version"], lambda text: isinstance(text, str) and bool(text))
    assert is_fine(found["owner"], lambda text: text is None or (isinstance(text, str) and bool(text)))
    assert is_fine(found["rank"], lambda number: number is None or (isinstance(number, int) and not isinstance(number, bool)))


def test_no_packages_is_an_answer_and_text_is_none() -> None:
    assert listed() == []
    assert isinstance(listed("No packages"), Unreadable)


def test_any_error_hides_the_list_even_one_about_something_missing() -> None:
    assert isinstance(listed(package(), errors=GONE.errors), Unreadable)
    assert isinstance(listed(package(), errors=DENIED.errors), Unreadable)


def test_a_windows_without_the_module_says_so() -> None:
    found = listed(died=RemoteError("The term ... is not recognized", "CommandNotFoundException", "Get-ProvisioningPackage"))
    assert isinstance(found, Unreadable)
    assert "client editions" in found.reason


def test_packages_are_read_apart_from_everything_else() -> None:
    assert packages.INSTALLED.alone


# --- remoting


def listener(name: str, **values: t.Any) -> RemoteObject:
    return thing(**values, PSChildName=name, PSPath=f"Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\X\\Listener\\{name}")


def way_in(**changes: Reading) -> dict[str, t.Any]:
    given = {
        "user": Reading(("admin",)),
        "domain": Reading(("PC",)),
        "computer": one(Name="PC", PartOfDomain=False),
        "listeners": Reading((listener("*+HTTP", Port=5985),)),
        "customizations": GONE,
        "packages": EMPTY,
        **changes,
    }
    assert set(given) == set(remoting.reads(ROOT))
    return remoting.parse(given)


def test_a_local_account_and_a_listener_do_not_survive() -> None:
    found = way_in()
    assert found["account"] == {"name": "admin", "domain": "PC", "local": True}
    assert found["listeners"] == [{"transport": "HTTP", "address": "*", "port": 5985}]
    assert found["survives_reset"] == "no"
    assert [words in " ".join(found["reasons"]) for words in ("PC\\admin", "HTTP 5985", "No provisioning package")] == [True] * 3


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"packages": Reading((package(),))}, "School"),
        ({"customizations": Reading((thing(Name="School.PPKG"),))}, "School.PPKG"),
        ({"customizations": DENIED, "packages": Reading((package(),))}, None),
    ],
)
def test_a_package_makes_it_unknown_and_never_certain(changes: dict[str, Reading], name: str | None) -> None:
    found = way_in(**changes)
    assert found["survives_reset"] == "unknown"
    assert isinstance(found["reasons"], Unreadable) if name is None else name in " ".join(found["reasons"])


def test_other_files_in_the_folder_set_up_nothing() -> None:
    assert way_in(customizations=Reading((thing(Name="readme.txt"),)))["survives_reset"] == "no"


@pytest.mark.parametrize("source", ["customizations", "packages"])
def test_a_source_that_could_not_be_read_leaves_it_open(source: str) -> None:
    found = way_in(**{source: DENIED})
    assert isinstance(found["survives_reset"], Unreadable)
    assert isinstance(found["reasons"], Unreadable)


@pytest.mark.parametrize(
    ("domain", "computer", "local"),
    [
        ("pc", {"Name": "PC", "PartOfDomain": True}, True),
        ("CORP", {"Name": "PC", "PartOfDomain": True}, False),
        ("AzureAD", {"Name": "PC", "PartOfDomain": False}, False),
        ("WORKGROUP", {"Name": "PC", "PartOfDomain": False}, None),
        ("CORP", {"Name": "PC"}, None),
        ("PC", {}, None),
    ],
)
def test_whether_the_account_is_a_local_one(domain: str, computer: dict[str, t.Any], local: bool | None) -> None:
    found = way_in(domain=Reading((domain,)), computer=one(**computer))["account"]["local"]
    assert isinstance(found, Unreadable) if local is None else found is local


@pytest.mark.parametrize(
    ("key", "transport", "address"),
    [
        ("*+HTTPS", "HTTPS", "*"),
        ("192.0.2.1+http", "HTTP", "192.0.2.1"),
        ("2001:db8::1+HTTPS", "HTTPS", "2001:db8::1"),
        ("*+FTP", None, "*"),
        ("HTTP", "HTTP", None),
        ("", None, None),
    ],
)
def test_a_listener_is_named_by_its_key(key: str, transport: str | None, address: str | None) -> None:
    (found,) = way_in(listeners=Reading((listener(key, Port=1),)))["listeners"]
    for name, expected in (("transport", transport), ("address", address)):
        assert isinstance(found[name], Unreadable) if expected is None else found[name] == expected


@given(ANYTHING)
def test_a_port_of_any_kind_is_a_port_or_unreadable(port: t.Any) -> None:
    (found,) = way_in(listeners=Reading((listener("*+HTTP", Port=port),)))["listeners"]
    assert is_fine(found["port"], lambda number: isinstance(number, int) and not isinstance(number, bool) and 0 < number < 65536)


@given(st.dictionaries(st.sampled_from(sorted(remoting.reads(ROOT))), st.sampled_from([DENIED, EMPTY, GONE])))
def test_whatever_fails_nothing_is_promised(changes: dict[str, Reading]) -> None:
    found = way_in(**changes)
    assert is_fine(found["survives_reset"], lambda word: word in ("no", "unknown"))
    if DENIED in (changes.get("customizations"), changes.get("packages")):
        assert isinstance(found["survives_reset"], Unreadable)

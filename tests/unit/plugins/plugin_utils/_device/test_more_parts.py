"""Management, Autopilot, power, pending reboot, updates, language and users: never an exception, never a friendly guess."""

from __future__ import annotations

import datetime
import json
import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._device import (
    autopilot,
    document,
    facts,
    language,
    management,
    power,
    reboot,
    updates,
    users,
)
from ansible_collections.autopilot.reset.plugins.plugin_utils._device.facts import Part, Unreadable
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import Reading
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError, RemoteObject
from hypothesis import given
from hypothesis import strategies as st

DENIED = Reading(errors=(RemoteError("Denied", "X,Y", exception="System.UnauthorizedAccessException"),))
GONE = Reading(errors=(RemoteError("Cannot find path", "PathNotFound,X"),))
SILENT = Reading()

# Whatever a property may come as; texts that look like what Windows writes among them.
ANYTHING: st.SearchStrategy[t.Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64),
    st.floats(),
    st.binary(max_size=4),
    st.text(max_size=8),
    st.sampled_from(["MS DM Server", "https://[", "https://mdm.example/x", "{}", "[" * 5000, "22631", "KB5063875", "S-1-5-18"]),
    st.lists(st.text(max_size=3) | st.integers() | st.none(), max_size=3),
    st.builds(lambda value: RemoteObject(("System.Enum",), {}, value=value), st.integers(-1, 12) | st.none()),
)


def an_object(path: str = "HKEY_LOCAL_MACHINE\\X", **values: t.Any) -> RemoteObject:
    return RemoteObject((), {**values, "PSPath": f"Microsoft.PowerShell.Core\\Registry::{path}"})


def one(**values: t.Any) -> Reading:
    return Reading((an_object(**values),))


def several(*values: dict[str, t.Any]) -> Reading:
    return Reading(tuple(an_object(**each) for each in values))


# --- every part, whatever comes

NAMES: t.Mapping[Part, tuple[str, ...]] = {
    t.cast("Part", management): ("ProviderID", "DiscoveryServiceFullURL", "EnrollmentState", "EnrollmentType", "AADTenantID"),
    t.cast("Part", autopilot): ("PolicyJsonCache", "ProfileAvailable", "CloudAssignedTenantDomain", "CloudAssignedTenantId", "TenantId"),
    t.cast("Part", power): ("BatteryStatus", "EstimatedChargeRemaining"),
    t.cast("Part", reboot): ("PendingFileRenameOperations",),
    t.cast("Part", updates): ("HotFixID", "CurrentBuildNumber", "UBR"),
    t.cast("Part", language): ("MUILanguages", "Locale", "CountryCode", "1", "2", "10"),
    t.cast("Part", users): ("UserName", "SID", "LocalPath", "Loaded"),
}
PARTS = list(NAMES)


@st.composite
def readings_of(draw: st.DrawFn, part: Part) -> dict[str, Reading]:
    objects = st.builds(lambda values: an_object(**values), st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES[part], ANYTHING)))
    outputs = st.lists(objects | st.integers() | st.text(max_size=3), max_size=3).map(tuple)
    reading = st.builds(Reading, outputs) | st.sampled_from([DENIED, GONE, SILENT])
    return draw(st.fixed_dictionaries(dict.fromkeys(part.reads("C:\\Windows"), reading)))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.NAME)
@given(data=st.data())
def test_whatever_comes_is_a_document_of_plain_values(part: Part, data: st.DataObject) -> None:
    found = document.assemble({part.NAME: part.parse(data.draw(readings_of(part)))})

    assert json.loads(json.dumps(found)) == found
    assert set(found[part.NAME]) == set(part.parse(dict.fromkeys(part.reads("C:\\Windows"), SILENT)))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.NAME)
def test_a_device_that_denies_everything_tells_nothing(part: Part) -> None:
    found = part.parse(dict.fromkeys(part.reads("C:\\Windows"), DENIED))

    assert found
    assert all(isinstance(value, Unreadable) and "access denied" in value.reason for value in found.values())


def test_every_part_of_the_document_is_registered_under_its_name() -> None:
    assert {part.NAME for part in PARTS} <= set(document.PARTS)


# --- management

URL = "https://enrollment.manage.microsoft.com/enrollmentserver/discovery.svc"
INTUNE: dict[str, t.Any] = {
    "ProviderID": "MS DM Server",
    "EnrollmentState": 1,
    "EnrollmentType": 6,
    "DiscoveryServiceFullURL": URL,
    "AADTenantID": "t",
}
BOOKKEEPING: dict[str, t.Any] = {"ProviderID": "Local Authority", "EnrollmentState": 1}


def managed(*entries: dict[str, t.Any]) -> dict[str, t.Any]:
    return management.parse({"enrollments": several(*entries)})


def test_an_enrollment_is_told_with_its_server_and_tenant() -> None:
    path = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Enrollments\\{b4b1f6f4-7d0b-4e5b-8f6c-9f0b5b6c7d8e}"
    found = management.parse({"enrollments": Reading((an_object(path, **INTUNE), an_object(**BOOKKEEPING)))})

    assert (found["enrolled"], found["intune"]) == (True, True)
    assert found["enrollments"] == [
        {
            "id": "B4B1F6F4-7D0B-4E5B-8F6C-9F0B5B6C7D8E",
            "provider": "MS DM Server",
            "type": 6,
            "tenant_id": "t",
            "server": "enrollment.manage.microsoft.com",
        }
    ]


def test_another_mdm_is_an_mdm_and_not_intune() -> None:
    found = managed({**INTUNE, "ProviderID": "ContosoMDM", "EnrollmentType": None})

    assert (found["enrolled"], found["intune"]) == (True, False)


@pytest.mark.parametrize("provider", sorted(management.PSEUDO_PROVIDERS))
def test_pseudo_providers_are_no_mdm_even_with_a_discovery_url(provider: str) -> None:
    assert managed({**INTUNE, "ProviderID": provider}) == {"enrolled": False, "intune": False, "enrollments": []}


@pytest.mark.parametrize(
    "change",
    [
        {"DiscoveryServiceFullURL": ""},
        {"DiscoveryServiceFullURL": None},
        {"EnrollmentState": 0},
        {"EnrollmentState": 3},
        {"EnrollmentType": 5},
    ],
)
def test_what_is_no_enrollment_of_the_device_does_not_count(change: dict[str, t.Any]) -> None:
    assert managed({**INTUNE, **change})["enrolled"] is False


def test_an_enrollment_without_a_state_counts() -> None:
    assert managed({**INTUNE, "EnrollmentState": None})["enrolled"] is True


@pytest.mark.parametrize("change", [{"ProviderID": 7}, {"EnrollmentState": "1"}, {"EnrollmentType": b"6"}, {"DiscoveryServiceFullURL": 1}])
def test_an_entry_of_a_wrong_type_leaves_the_enrollment_unknown(change: dict[str, t.Any]) -> None:
    found = managed({**INTUNE, **change})

    assert all(isinstance(found[key], Unreadable) for key in ("enrolled", "intune", "enrollments"))


def test_a_doubtful_entry_does_not_hide_a_sound_one() -> None:
    found = managed(INTUNE, {**INTUNE, "EnrollmentState": "1"})

    assert (found["enrolled"], found["intune"]) == (True, True)
    assert isinstance(found["enrollments"], Unreadable)


@pytest.mark.parametrize("reading", [SILENT, GONE, DENIED, Reading((an_object(**INTUNE),), DENIED.errors)])
def test_no_entries_at_all_and_entries_in_part_are_no_answer(reading: Reading) -> None:
    assert all(isinstance(value, Unreadable) for value in management.parse({"enrollments": reading}).values())


@pytest.mark.parametrize("url", ["https://[", "enrollment", "https://"])
def test_a_url_without_a_host_hides_the_server_alone(url: str) -> None:
    found = managed({**INTUNE, "DiscoveryServiceFullURL": url})

    assert found["enrolled"] is True
    assert isinstance(found["enrollments"][0]["server"], Unreadable)


# --- autopilot


def cached(text: t.Any, available: t.Any = 1) -> dict[str, t.Any]:
    return autopilot.parse({"cache": one(PolicyJsonCache=text, ProfileAvailable=available), "diagnostics": one()})


def test_a_profile_is_read_from_its_cache() -> None:
    found = autopilot.parse(
        {
            "cache": one(PolicyJsonCache='{"DeploymentProfileName": "School", "CloudAssignedDomainJoinMethod": 1}', ProfileAvailable=1),
            "diagnostics": one(CloudAssignedTenantDomain="contoso.example", CloudAssignedTenantId="t"),
        }
    )

    assert found == {
        "profile_available": True,
        "profile_name": "School",
        "hybrid_join_profile": True,
        "tenant_domain": "contoso.example",
        "tenant_id": "t",
    }


def test_a_stub_says_that_there_is_no_profile_and_nothing_else() -> None:
    assert cached('{"AutopilotMode": 0}', 0) == {
        "profile_available": False,
        "profile_name": None,
        "hybrid_join_profile": None,
        "tenant_domain": None,
        "tenant_id": None,
    }


def test_keys_that_are_absent_prove_nothing() -> None:
    assert set(autopilot.parse({"cache": GONE, "diagnostics": GONE}).values()) == {None}


@pytest.mark.parametrize("name", ["TenantId", "CloudAssignedTenantId"])
def test_the_tenant_has_two_names(name: str) -> None:
    assert autopilot.parse({"cache": GONE, "diagnostics": one(**{name: "t"})})["tenant_id"] == "t"


@pytest.mark.parametrize("text", ["{", '"text"', "[1]", "null", "[" * 200_000])
def test_a_damaged_cache_is_unreadable(text: str) -> None:
    found = cached(text)

    assert isinstance(found["profile_name"], Unreadable)
    assert isinstance(found["hybrid_join_profile"], Unreadable)
    assert found["profile_available"] is True


@pytest.mark.parametrize("value", [True, "1", 2, 1.0, [], {}])
def test_a_join_method_of_another_kind_has_no_meaning(value: t.Any) -> None:
    found = cached(json.dumps({"CloudAssignedDomainJoinMethod": value, "DeploymentProfileName": 7}))

    assert isinstance(found["hybrid_join_profile"], Unreadable)
    assert isinstance(found["profile_name"], Unreadable)


@pytest.mark.parametrize("available", [2, -1, "1", True])
def test_only_0_and_1_tell_whether_there_is_a_profile(available: t.Any) -> None:
    assert isinstance(cached("{}", available)["profile_available"], Unreadable)


# --- power


def powered(*batteries: dict[str, t.Any]) -> dict[str, t.Any]:
    return power.parse({"battery": several(*batteries)})


@pytest.mark.parametrize(
    ("status", "mains"), [(1, False), (2, True), (3, True), (4, False), (5, False), (6, True), (7, True), (8, True), (9, True)]
)
def test_the_status_tells_where_the_power_comes_from(status: int, mains: bool) -> None:
    assert powered({"BatteryStatus": status, "EstimatedChargeRemaining": 50}) == {"battery": True, "on_mains": mains, "charge_percent": 50}


@pytest.mark.parametrize("status", [0, 10, 11, 12, -1, "2", True, None])
def test_any_other_status_tells_nothing(status: t.Any) -> None:
    assert isinstance(powered({"BatteryStatus": status})["on_mains"], Unreadable)


def test_no_instance_is_no_battery() -> None:
    assert powered() == {"battery": False, "on_mains": True, "charge_percent": None}


@pytest.mark.parametrize(
    ("statuses", "mains"),
    [((2, 2), True), ((2, 1), False), ((1, 11), False), ((11, 1), False), ((2, 11), Unreadable), ((11, 2), Unreadable)],
)
def test_of_several_batteries_one_that_drains_decides(statuses: tuple[int, ...], mains: t.Any) -> None:
    found = powered(*({"BatteryStatus": status, "EstimatedChargeRemaining": 90 - status} for status in statuses))

    assert found["on_mains"] is mains or (mains is Unreadable and isinstance(found["on_mains"], Unreadable))
    assert found["charge_percent"] == 90 - max(statuses)


@pytest.mark.parametrize("charge", [None, "96", True])
def test_a_charge_that_is_no_number_is_unreadable(charge: t.Any) -> None:
    both = ({"BatteryStatus": 2, "EstimatedChargeRemaining": 4}, {"BatteryStatus": 2, "EstimatedChargeRemaining": charge})

    assert isinstance(powered(*both)["charge_percent"], Unreadable)


def test_an_empty_battery_is_at_0_percent() -> None:
    assert powered({"BatteryStatus": 5, "EstimatedChargeRemaining": 0})["charge_percent"] == 0


# --- pending reboot

MANAGER = one(BootExecute=["autocheck autochk *"])
THERE = SILENT  # a key without values answers nothing


@pytest.mark.parametrize(
    ("servicing", "update", "pending"),
    [
        (GONE, GONE, False),
        (THERE, GONE, True),
        (GONE, THERE, True),
        (GONE, one(x=1), True),
        (DENIED, THERE, True),
        (DENIED, GONE, Unreadable),
        (GONE, DENIED, Unreadable),
    ],
)
def test_one_key_that_exists_is_a_restart_that_waits(servicing: Reading, update: Reading, pending: t.Any) -> None:
    found = reboot.parse({"servicing": servicing, "windows_update": update, "session_manager": MANAGER})

    assert found["pending"] is pending or (pending is Unreadable and isinstance(found["pending"], Unreadable))


@pytest.mark.parametrize(
    ("manager", "renames"),
    [
        (MANAGER, False),
        (one(PendingFileRenameOperations=["\\??\\C:\\x", ""]), True),
        (one(PendingFileRenameOperations=[]), False),
        (one(PendingFileRenameOperations="x"), Unreadable),
        (GONE, Unreadable),
        (SILENT, Unreadable),
        (DENIED, Unreadable),
    ],
)
def test_file_renames_are_told_and_do_not_count(manager: Reading, renames: t.Any) -> None:
    found = reboot.parse({"servicing": GONE, "windows_update": GONE, "session_manager": manager})

    assert found["file_renames"] is renames or (renames is Unreadable and isinstance(found["file_renames"], Unreadable))
    assert found["pending"] is False


# --- updates


def updated(build: t.Any, revision: t.Any, installed: Reading = SILENT) -> dict[str, t.Any]:
    return updates.parse({"installed": installed, "version": one(CurrentBuildNumber=build, UBR=revision)})


@pytest.mark.parametrize(
    ("build", "first", "repaired"),
    [("22631", 5768, 5771), ("22621", 5768, 5771), ("19045", 6216, 6218), ("19044", 6216, 6218), ("17763", 7678, 7683)],
)
def test_the_revision_tells_whether_an_update_breaks_the_reset(build: str, first: int, repaired: int) -> None:
    verdicts = [updated(build, revision)["breaking_reset"] for revision in (first - 1, first, repaired - 1, repaired, repaired + 1)]

    assert [verdict is not None for verdict in verdicts] == [False, True, True, False, False]
    assert set(t.cast("dict[str, str]", verdicts[1])) == {"kb", "repaired_by"}


@pytest.mark.parametrize("build", ["26100", "26200", "10240", "x"])
def test_other_builds_have_no_known_one(build: str) -> None:
    assert updated(build, 5768)["breaking_reset"] is None


@pytest.mark.parametrize(("build", "revision"), [("22631", None), ("22631", "5768"), (None, 5768), (22631, 5768)])
def test_without_build_or_revision_nobody_knows(build: t.Any, revision: t.Any) -> None:
    assert isinstance(updated(build, revision)["breaking_reset"], Unreadable)


def test_a_list_of_updates_that_was_denied_does_not_hide_the_verdict() -> None:
    found = updated("22631", 5768, DENIED)

    assert isinstance(found["installed"], Unreadable)
    assert found["breaking_reset"] == {"kb": "KB5063875", "repaired_by": "KB5066189"}


def test_updates_are_sorted_and_each_is_named_once() -> None:
    found = updated("22631", 1, several({"HotFixID": "kb2"}, {"HotFixID": "KB1"}, {"HotFixID": "KB2"}))

    assert found["installed"] == ["KB1", "KB2"]
    assert isinstance(updated("22631", 1, several({"HotFixID": "KB1"}, {"HotFixID": None}))["installed"], Unreadable)


# --- language


def spoken(keyboard: Reading = one(**{"1": "00000407"}), **system: t.Any) -> dict[str, t.Any]:  # noqa: B008
    values = {"MUILanguages": ["de-DE"], "Locale": "0407", "CountryCode": "49", **system}
    return language.parse({"system": one(**values), "keyboard": keyboard})


@given(st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), min_size=1, max_size=12), st.randoms())
def test_keyboards_are_in_the_order_of_their_numbers(layouts: list[str], random: t.Any) -> None:
    numbered = [(str(number), layout) for number, layout in enumerate(layouts, 1)]
    random.shuffle(numbered)

    assert spoken(one(**dict(numbered)))["keyboards"] == layouts


@pytest.mark.parametrize("keyboard", [one(**{"1": 7}), one(**{"1": ""}), one(x="00000407"), GONE, SILENT, DENIED])
def test_keyboards_that_cannot_be_read_are_not_none(keyboard: Reading) -> None:
    assert isinstance(spoken(keyboard)["keyboards"], Unreadable)


def test_names_that_count_nothing_are_no_keyboards() -> None:
    assert spoken(one(**{"1": "00000407", "9" * 5000: "x", "²": "x", "x": "x"}))["keyboards"] == ["00000407"]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("display_languages", {"MUILanguages": "de-DE"}),
        ("display_languages", {"MUILanguages": [1]}),
        ("display_languages", {"MUILanguages": None}),
        ("locale", {"Locale": 1031}),
        ("locale", {"Locale": None}),
        ("country_code", {"CountryCode": 49}),
        ("country_code", {"CountryCode": ""}),
    ],
)
def test_a_missing_or_odd_language_is_unreadable(key: str, change: dict[str, t.Any]) -> None:
    assert isinstance(spoken(**change)[key], Unreadable)


# --- users


def signed_in(profiles: Reading = SILENT, **computer: t.Any) -> dict[str, t.Any]:
    return users.parse({"computer": one(**computer), "profiles": profiles})


def test_people_are_told_by_their_profile() -> None:
    profiles = several({"SID": "S-2", "LocalPath": "C:\\Users\\b", "Loaded": True}, {"SID": "S-1", "LocalPath": None, "Loaded": False})

    assert signed_in(profiles, UserName="AzureAD\\b") == {
        "console_user": "AzureAD\\b",
        "profiles": [{"sid": "S-1", "path": None, "in_use": False}, {"sid": "S-2", "path": "C:\\Users\\b", "in_use": True}],
    }


def test_nobody_at_the_device_is_null() -> None:
    assert signed_in(UserName=None)["console_user"] is None


@pytest.mark.parametrize("loaded", [None, 1, "True"])
def test_a_profile_that_does_not_say_whether_it_is_in_use_is_not_idle(loaded: t.Any) -> None:
    (profile,) = signed_in(several({"SID": "S-1", "Loaded": loaded}))["profiles"]

    assert isinstance(profile["in_use"], Unreadable)


# --- times


@given(st.integers(0, 4_102_444_800), st.integers(-14 * 60, 14 * 60))
def test_a_time_keeps_its_moment_in_utc(seconds: int, minutes: int) -> None:
    local = datetime.datetime.fromtimestamp(seconds, datetime.timezone(datetime.timedelta(minutes=minutes)))
    text = local.strftime("%Y-%m-%dT%H:%M:%S.1234567") + local.isoformat()[19:]

    assert facts.utc_time(text) == facts.unix_time(seconds)


@pytest.mark.parametrize("text", ["", "yesterday", "2025-06-02T06:55:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_is_none_or_has_no_offset_is_unreadable(text: str) -> None:
    assert isinstance(facts.utc_time(text), Unreadable)

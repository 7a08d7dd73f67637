from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.tables import load
from tests.simulator.device.language import reagentc_texts
from tests.simulator.device.storage import MIB, Partition, Storage
from tests.simulator.device.winre import Image, WinRE, reagent_xml


def made(storage: Storage | None = None, **keys: object) -> tuple[WinRE, Storage]:
    storage = storage or Storage()
    winre = WinRE(**keys)  # type: ignore[arg-type]
    winre.settle(storage)
    return winre, storage


def without_recovery(bitlocker: bool) -> Storage:
    return Storage((Partition("efi", 260), Partition("windows", 100_000)), bitlocker=bitlocker)


def test_enabling_moves_the_image_and_disabling_moves_it_back() -> None:
    winre, storage = made(state="disabled")
    recovery, windows = 4, 3
    assert winre.bytes_on(storage, windows) == winre.image_mib * MIB
    assert winre.enable(storage) == "done"
    assert (winre.image, winre.tool_says_enabled) == ("partition", True)
    assert (winre.bytes_on(storage, recovery), winre.bytes_on(storage, windows)) == (winre.image_mib * MIB, 0)
    assert winre.disable() == "done"
    assert (winre.image, winre.tool_says_enabled) == ("staged", False)


def test_twice_is_already_and_changes_nothing() -> None:
    winre, storage = made()
    assert winre.enable(storage) == "already"
    assert winre.disable() == "done"
    before = (winre.state, winre.image)
    assert winre.disable() == "already"
    assert (winre.state, winre.image) == before


@pytest.mark.parametrize(
    ("storage", "image", "result"),
    [
        (Storage(), "missing", "no_image"),
        (Storage((Partition("windows", 90_000), Partition("recovery", 500, 20))), "staged", "too_small"),
        (Storage((Partition("windows", 90_000), Partition("recovery", 500, 20))), "partition", "done"),
        (without_recovery(bitlocker=True), "staged", "bitlocker"),
        (without_recovery(bitlocker=False), "staged", "done"),
    ],
)
def test_what_enabling_a_disabled_winre_gives(storage: Storage, image: Image, result: str) -> None:
    winre, storage = made(storage, state="disabled", image=image)
    assert winre.enable(storage) == result
    assert winre.tool_says_enabled is (result == "done")


def test_an_inconsistent_winre_can_be_neither_enabled_nor_disabled() -> None:
    winre, storage = made(state="inconsistent")
    assert (winre.file_says_installed, winre.tool_says_enabled) == (True, False)
    assert winre.enable(storage) == "mismatch"
    assert winre.disable() == "already"
    assert winre.state == "inconsistent"


@given(st.lists(st.booleans(), max_size=8), st.sampled_from(["enabled", "disabled", "inconsistent"]))
def test_file_and_tool_agree_after_any_steps_unless_they_disagreed_before(steps: list[bool], state: str) -> None:
    winre, storage = made(state=state)
    for enable in steps:
        if enable:
            winre.enable(storage)
        else:
            winre.disable()
    assert (winre.file_says_installed == winre.tool_says_enabled) is (state != "inconsistent")


def test_the_file_says_where_the_image_is() -> None:
    winre, storage = made()
    text = reagent_xml(winre, storage, "pc-1")
    assert text is not None
    root = ElementTree.fromstring(text)
    location = root.find("WinreLocation")
    assert location is not None
    assert location.get("path") == "\\Recovery\\WindowsRE"
    assert location.get("offset") == str(storage.offset(4))
    assert [root.find(name).get("state") for name in ("InstallState", "WinREStaged")] == ["1", "0"]  # type: ignore[union-attr]


@pytest.mark.parametrize("keeps", [True, False])
def test_a_disabled_winre_has_no_location_and_maybe_an_old_boot_entry(keeps: bool) -> None:
    winre, storage = made(state="disabled", keeps_bcd_id=keeps)
    root = ElementTree.fromstring(reagent_xml(winre, storage, "pc-1") or "")
    location, entry = root.find("WinreLocation"), root.find("WinreBCD")
    assert location is not None
    assert entry is not None
    assert (location.get("path"), location.get("offset")) == ("", "0")
    assert (entry.get("id") != "{00000000-0000-0000-0000-000000000000}") is keeps


def test_a_truncated_file_is_no_xml_and_is_written_anew_by_disabling_and_enabling() -> None:
    winre, storage = made(reagent_xml="truncated")
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(reagent_xml(winre, storage, "pc-1") or "")
    assert winre.disable() == "done"
    assert ElementTree.fromstring(reagent_xml(winre, storage, "pc-1") or "").tag == "WindowsRE"


def test_every_language_has_every_text_and_marks_what_is_made_up() -> None:
    texts = reagentc_texts()
    names = set(texts["en"]) - {"source", "made_up"}
    for language, entries in texts.items():
        assert set(entries) - {"source", "made_up"} == names, language
        assert set(entries["made_up"]) <= names, language
        assert entries["source"] or set(entries["made_up"]) == names, language
    assert texts["en"]["made_up"] == []


def test_texts_name_a_source_of_the_contract() -> None:
    sources = load().tables["sources"]
    assert all(entries["source"] in {None, *sources} for entries in reagentc_texts().values())
